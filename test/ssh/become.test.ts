import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { type Become, becomeCommand, becomeFailure } from "../../src/remote/become.ts";
import type { ExecResult } from "../../src/remote/port.ts";
import { testPassword } from "../support/accounts.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { failureText, optionsFor, output, script, withRemote } from "./login.ts";

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
});
afterAll(() => sshd.stop());

const nonce = "00112233445566778899aabbccddeeff";
const withoutPassword: Become = { kind: "sudo", user: "root", password: undefined };
const withPassword = (text = testPassword): Become => ({ kind: "sudo", user: "root", password: secret(text) });

const runAs = async (user: string, become: Become, stdin = "id -un", within = 10_000): Promise<ExecResult> =>
  withRemote({ ...(await optionsFor(sshd)), user }, (remote) =>
    remote.exec(script(stdin, { ...becomeCommand(become, nonce), within, changes: true })),
  );
const refusal = (result: ExecResult): string | undefined => {
  const { status, stderr } = output(result);
  return becomeFailure(status, stderr)?.detail;
};

describe("sudo without a password", () => {
  it.each(["deploy", "fisher", "tess"])("makes %s root", async (user) => {
    expect(output(await runAs(user, withoutPassword))).toEqual({ status: 0, stdout: "root\n", stderr: "" });
  });

  it("is refused to who must give one, and to who may not", async () => {
    expect(refusal(await runAs("operator", withoutPassword))).toMatch(/^sudo wants a password/);
    expect(refusal(await runAs("guest", withoutPassword))).toMatch(/^sudo wants a password/);
  });

  it("fails plainly on a host without sudo", async () => {
    await sshd.hosts[0]!.run(
      "mkdir /tmp/empty && mount --bind /tmp/empty /etc/sudoers.d && mount --bind /dev/null /usr/bin/sudo",
    );
    try {
      expect(refusal(await runAs("deploy", withoutPassword))).toBeDefined();
    } finally {
      await sshd.hosts[0]!.run("umount /usr/bin/sudo /etc/sudoers.d");
    }
  });
});

describe("sudo with a password", () => {
  it("is answered once, and leaves no trace in what the script printed", async () => {
    const result = output(await runAs("operator", withPassword(), "id -un; echo noise >&2; cat"));
    expect(result).toEqual({ status: 0, stdout: "root\n", stderr: "noise\n" });
  });

  it("is not written where sudo does not ask", async () => {
    const result = output(await runAs("deploy", withPassword("never-sent"), "id -un; cat"));
    expect(result).toEqual({ status: 0, stdout: "root\n", stderr: "" });
  });

  it("is refused when it is wrong, without sending the script or naming it", async () => {
    const result = await runAs("operator", withPassword("swordfish"));
    expect(failureText(result)).toBe("become_refused: the password was not accepted");
    expect(result).toMatchObject({ failure: { sent: false } });
  });

  it("is refused to an account that is not in sudoers", async () => {
    expect(refusal(await runAs("guest", withPassword()))).toMatch(/^the login user is not in sudoers/);
  });
});

describe("a prompt", () => {
  const converse = async (words: string, within = 5000): Promise<ExecResult> =>
    withRemote(await optionsFor(sshd), (remote) =>
      remote.exec(
        script("echo script ran", {
          command: ["/bin/sh", "-c", words],
          prompt: { marker: "<MARK>", ready: "READY", answer: secret("pässword") },
          within,
          changes: true,
        }),
      ),
    );

  it("is known when it comes in pieces, and an answer that is echoed is taken out", async () => {
    const pieces =
      "printf '<MA' >&2; sleep 0.1; printf 'RK>' >&2; read a; echo $a >&2; printf 'REA' >&2; sleep 0.1; echo DY >&2; exec sh -s";
    expect(output(await converse(pieces))).toEqual({ status: 0, stdout: "script ran\n", stderr: "\n" });
  });

  it("that comes twice is a refusal", async () => {
    expect(failureText(await converse("printf '<MARK>' >&2; read a; printf '<MARK>' >&2; read a"))).toMatch(
      /^become_refused: /,
    );
  });

  it("that never comes is a stall, and nothing was sent", async () => {
    const result = await converse("echo 'Mot de passe :' >&2; read a", 500);
    expect(failureText(result)).toBe("become_stalled: neither a prompt nor a start within 500 ms");
    expect(result).toMatchObject({ failure: { sent: false } });
  });

  it("whose answer leads nowhere is a stall", async () => {
    expect(failureText(await converse("printf '<MARK>' >&2; read a; sleep 60", 4000))).toMatch(
      /^become_stalled: no answer to the password/,
    );
  });

  it("is not answered again when a script prints the word later", async () => {
    const result = await converse("echo READY >&2; echo '<MARK>' >&2; exec sh -s");
    expect(output(result)).toEqual({ status: 0, stdout: "script ran\n", stderr: "\n" });
  });
});
