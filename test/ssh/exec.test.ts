import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/ssh/connect.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { failureText, network, optionsFor, output, script, withRemote } from "./login.ts";

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
});
afterAll(() => sshd.stop());

describe("exec", () => {
  it("runs a script and gives status, stdout and stderr apart", async () => {
    const result = await withRemote(await optionsFor(sshd), (remote) =>
      remote.exec(script("echo out; echo err >&2; exit 3")),
    );
    expect(output(result)).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("runs one script after another on the same connection", async () => {
    await withRemote(await optionsFor(sshd), async (remote) => {
      for (const word of ["one", "two", "three"])
        expect(output(await remote.exec(script(`echo ${word}`))).stdout).toBe(`${word}\n`);
    });
    expect(sshd.hosts[0]!.log().match(/Accepted publickey/g)?.length).toBeGreaterThan(0);
  });

  it.each(["root", "deploy", "operator", "fisher", "tess"])(
    "hands words on unharmed through %s's login shell",
    async (user) => {
      const words = ["a b", "it's", 'say "hi"', "$HOME `id` \\ x", "*", "#", "~", "{a,b}", "é", "%s", "^"];
      const options = { ...(await optionsFor(sshd)), user };
      const result = await withRemote(options, (remote) =>
        remote.exec(script("", { command: ["sh", "-c", 'printf "%s\\n" "$@"', "name", ...words] })),
      );
      expect(output(result).stdout).toBe(words.map((word) => `${word}\n`).join(""));
    },
  );

  it("sends a script that is larger than the channel's window", async () => {
    const comment = `# ${"x".repeat(998)}\n`.repeat(5000);
    const result = await withRemote(await optionsFor(sshd), (remote) =>
      remote.exec(script(`${comment}echo end`, { within: 30_000 })),
    );
    expect(output(result).stdout).toBe("end\n");
  });

  it("keeps every byte of the output", async () => {
    const result = await withRemote(await optionsFor(sshd), (remote) =>
      remote.exec(script("head -c 3000000 /dev/zero | tr '\\0' '\\377'", { caps: { stdout: 3_000_000, stderr: 0 } })),
    );
    if (result.kind !== "exited") throw new Error(failureText(result));
    expect(result.stdout).toHaveLength(3_000_000);
    expect(result.stdout.every((byte) => byte === 0xff)).toBe(true);
  });

  it("does not wait for a child in the background that holds the output open", async () => {
    const result = await withRemote(await optionsFor(sshd), async (remote) => {
      const first = await remote.exec(script("sleep 300 & echo out; exit 3", { within: 5000 }));
      expect(output(await remote.exec(script("echo next"))).stdout).toBe("next\n");
      return first;
    });
    expect(output(result)).toEqual({ status: 3, stdout: "out\n", stderr: "" });
  });
});

describe("exec fails, and ends the connection,", () => {
  const failing = async (request: ReturnType<typeof script>): Promise<{ text: string; sent: boolean; after: string }> =>
    withRemote(await optionsFor(sshd), async (remote) => {
      const result = await remote.exec(request);
      const after = failureText(await remote.exec(script("echo still here")));
      return { text: failureText(result), sent: result.kind === "failed" && result.failure.sent, after };
    });

  it("when stdout floods", async () => {
    const { text, after } = await failing(script("yes"));
    expect(text).toBe("output_flood: more than 100000 bytes on stdout");
    expect(after).toMatch(/^connection_lost: /);
  });

  it("when stderr floods", async () => {
    expect((await failing(script("yes >&2"))).text).toBe("output_flood: more than 10000 bytes on stderr");
  });

  it("when a signal ends the command", async () => {
    expect((await failing(script("echo half; kill -9 $$"))).text).toBe(
      "no_exit_status: the command was ended by SIGKILL",
    );
  });

  it("when the host goes away in the middle of its output", async () => {
    const { text, sent } = await failing(script("echo half; kill -9 $PPID", { changes: true }));
    expect(text).toMatch(/^connection_lost: /);
    expect(sent).toBe(true);
  });

  it("when the deadline passes", async () => {
    const { text, sent } = await failing(script("sleep 60", { within: 300 }));
    expect(text).toBe("script_deadline: the script had not ended after 300 ms");
    expect(sent).toBe(false);
  });

  it("and says that something was sent when the script could change the host", async () => {
    expect((await failing(script("sleep 60", { within: 3000, changes: true }))).sent).toBe(true);
  });
});

it("gives back every file descriptor, whatever happened", async () => {
  const options = await optionsFor(sshd);
  const count = (): number => readdirSync("/proc/self/fd").length;
  await withRemote(options, (remote) => remote.exec(script("true")));
  const before = count();
  for (const stdin of ["true", "yes", "kill -9 $PPID"])
    await withRemote(options, (remote) => remote.exec(script(stdin)));
  await connect({ ...options, user: "no-such-user" }, network);
  await connect({ ...options, port: 1 }, network);
  await expect.poll(count).toBe(before);
});

it("closes twice without an error", async () => {
  await withRemote(await optionsFor(sshd), (remote) => {
    remote.close();
    remote.close();
    return Promise.resolve();
  });
});
