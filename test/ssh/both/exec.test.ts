import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecResult, Remote } from "../../../src/remote/port.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";
import { failureText, output, script } from "../login.ts";
import { names, openTransport, type Target, type Transport, targetOf, withRemote } from "./transports.ts";

let sshd: Sshd;
let target: Target;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  target = targetOf(sshd);
});
afterAll(() => sshd.stop());

describe.each(names)("exec over %s", (name) => {
  let transport: Transport;
  let kept: Remote;
  beforeAll(async () => {
    transport = openTransport(name, sshd.folder);
    const result = await transport.connect(target);
    if (result.kind === "failed") throw new Error(failureText(result));
    kept = result.remote;
  });
  afterAll(() => transport.close());

  /** On one connection, for all cases that leave it whole. */
  const run = (stdin: string, rest: Parameters<typeof script>[1] = {}): Promise<ExecResult> =>
    kept.exec(script(stdin, rest));

  it.each([0, 1, 127, 255])("gives exit status %i, stdout and stderr apart", async (status) => {
    const result = await run(`echo out; echo err >&2; exit ${status}`);
    expect(output(result)).toEqual({ status, stdout: "out\n", stderr: "err\n" });
  });

  it("opens no connection for a command", async () => {
    const logins = (): number => sshd.hosts[0]!.log().match(/Accepted publickey/g)?.length ?? 0;
    const before = logins();
    for (const word of ["one", "two"]) expect(output(await run(`echo ${word}`)).stdout).toBe(`${word}\n`);
    expect(logins()).toBe(before);
  });

  it.each(["root", "deploy", "operator", "fisher", "tess"])("hands words on unharmed to %s's shell", async (user) => {
    const words = ["a b", "it's", 'say "hi"', "$HOME `id` \\ x", "*", "#", "~", "{a,b}", "é", "%s", "^", "-x"];
    const request = script("", { command: ["sh", "-c", 'printf "%s\\n" "$@"', "name", ...words] });
    const result = await withRemote(transport, { ...target, user }, (remote) => remote.exec(request));
    expect(output(result).stdout).toBe(words.map((word) => `${word}\n`).join(""));
  });

  it("sends five megabytes of script", async () => {
    const comment = `# ${"x".repeat(998)}\n`.repeat(5000);
    expect(output(await run(`${comment}echo end`, { within: 30_000 })).stdout).toBe("end\n");
  });

  it.each(["\\000", "\\377"])("keeps every byte %s of the output", async (byte) => {
    const result = await run(`head -c 3000000 /dev/zero | tr '\\0' '${byte}'`, {
      caps: { stdout: 3_000_000, stderr: 0 },
    });
    if (result.kind !== "exited") throw new Error(failureText(result));
    expect(result.stdout).toHaveLength(3_000_000);
    expect(new Set(result.stdout)).toEqual(new Set([Number.parseInt(byte.slice(1), 8)]));
  });

  it("does not wait for a child in the background that holds the output", async () => {
    const result = await run("sleep 50 & echo done; exit 3");
    expect(output(result)).toEqual({ status: 3, stdout: "done\n", stderr: "" });
  });

  it("runs a command on a terminal when asked to", async () => {
    const result = await run("", { command: ["/bin/sh", "-c", "tty; echo err >&2"], terminal: true });
    expect(output(result).stdout).toMatch(/^\/dev\/pts\/\d+\r?\nerr\r?\n$/);
  });

  const failing = (request: ReturnType<typeof script>): Promise<{ code: string; sent: boolean; after: string }> =>
    withRemote(transport, target, async (remote) => {
      const result = await remote.exec(request);
      if (result.kind !== "failed") throw new Error(result.kind);
      const after = failureText(await remote.exec(script("echo still here")));
      return { code: result.failure.code, sent: result.failure.sent, after };
    });

  it.each([
    ["stdout floods", script("yes"), "output_flood"],
    ["stderr floods", script("yes >&2"), "output_flood"],
    ["a signal ends the command", script("echo half; kill -9 $$"), "no_exit_status"],
    ["the host goes away in the middle of its output", script("echo half; kill -9 $PPID"), "connection_lost"],
    ["the deadline passes", script("sleep 60", { within: 500 }), "script_deadline"],
  ])("fails, and ends the connection, when %s", async (_, request, code) => {
    const { after, ...result } = await failing(request);
    expect(result).toEqual({ code, sent: false });
    expect(after).toMatch(/^connection_lost: /);
  });

  it("says that something was sent when the script could change the host", async () => {
    expect((await failing(script("sleep 60", { within: 3000, changes: true }))).sent).toBe(true);
    expect((await failing(script("kill -9 $PPID", { changes: true }))).sent).toBe(true);
  });

  it("notices that the host of a kept connection is dead", async () => {
    const keepAlive = { interval: 1000, countMax: 2 };
    await withRemote(transport, { ...target, keepAlive }, async (remote) => {
      // Frozen, the host keeps the connection and says nothing, as one does that lost its power.
      const { pid } = sshd.hosts[0]!;
      const session = Number((await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").at(-1));
      process.kill(session, "SIGSTOP");
      expect(failureText(await remote.exec(script("true", { within: 20_000 })))).toMatch(/^connection_lost: /);
      process.kill(session, "SIGKILL");
    });
  });

  it("gives back every file descriptor, whatever happened", async () => {
    const count = (): number => readdirSync("/proc/self/fd").length;
    await run("true");
    const before = count();
    for (const stdin of ["true", "yes", "kill -9 $PPID"])
      await withRemote(transport, target, (remote) => remote.exec(script(stdin)));
    for (const change of [{ user: "nobody-there", password: "x" }, { port: 1 }])
      expect((await transport.connect({ ...target, ...change })).kind).toBe("failed");
    await expect.poll(count, { timeout: 10_000 }).toBe(before);
  });

  it("closes twice without an error", async () => {
    await withRemote(transport, target, (remote) => {
      remote.close();
      remote.close();
      return Promise.resolve();
    });
  });
});
