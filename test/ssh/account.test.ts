import { afterAll, beforeAll, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import type { Become } from "../../src/remote/become.ts";
import { runScript } from "../../src/remote/script.ts";
import { testPassword } from "../support/accounts.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { optionsFor, withRemote } from "./login.ts";

const nonce = "00112233445566778899aabbccddeeff";
const sudo: Become = { kind: "sudo", user: "root", password: secret(testPassword), exe: undefined, flags: [] };

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ count: 1, options: { UsePAM: "yes" } });
  await sshd.hosts[0]!.run("chage -d 0 operator; usermod -s /usr/sbin/nologin guest; usermod -s /bin/false tess");
});
afterAll(() => sshd.stop());

const failureOf = async (user: string, become: Become): Promise<string> => {
  const result = await withRemote({ ...(await optionsFor(sshd)), user }, (remote) =>
    runScript(remote, { script: "id", nonce, become, within: 5000, changes: true }),
  );
  if (result.kind !== "failed") throw new Error("expected a failure");
  expect(result.failure.sent).toBe(result.failure.code === "script_failed");
  return `${result.failure.code}: ${result.failure.detail}`;
};

it.each<Become>([{ kind: "no" }, sudo])(
  "an account whose password has expired runs nothing, and says so",
  async (become) => {
    expect(await failureOf("operator", become)).toMatch(
      /^account_unusable: the login account's password has expired: .*Password change required but no TTY available/s,
    );
  },
);

it.each<Become>([{ kind: "no" }, sudo])("an account without a shell runs nothing, and says so", async (become) => {
  expect(await failureOf("guest", become)).toBe(
    "account_unusable: the login account has no shell (nologin): This account is currently not available.",
  );
});

it("an account whose login shell does nothing is not blamed on the script alone", async () => {
  expect(await failureOf("tess", { kind: "no" })).toBe(
    "script_failed: exit status 1 without a word (a login shell like /bin/false does that)",
  );
});
