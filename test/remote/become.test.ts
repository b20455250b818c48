import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BecomeMethod, secret } from "../../src/model/host.ts";
import { type BecomeOther, becomeCommand, becomeFor } from "../../src/remote/become.ts";
import { becomeFailure, notBecome } from "../../src/remote/become-failure.ts";
import { loginFailure } from "../../src/remote/login-failure.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const methods: readonly BecomeMethod[] = ["sudo", "su", "doas"];
const become = (kind: BecomeMethod, rest: Partial<BecomeOther> = {}): BecomeOther => ({
  ...{ kind, user: "root", password: undefined, exe: undefined, flags: [] },
  ...rest,
});

describe("becomeFor", () => {
  const from = { method: "su", user: "root", password: undefined, exe: undefined, flags: [] } as const;

  it("leaves become out where the login user is already the wanted one", () => {
    expect(becomeFor({ ...from, become: true, loginUser: "root" })).toEqual({ kind: "no" });
    expect(becomeFor({ ...from, become: false, loginUser: "deploy" })).toEqual({ kind: "no" });
    expect(becomeFor({ ...from, become: true, loginUser: "deploy" })).toEqual(become("su"));
  });
});

describe("becomeCommand", () => {
  it("is a plain shell without become", () => {
    expect(becomeCommand({ kind: "no" }, nonce)).toEqual({ command: ["/bin/sh", "-s"] });
  });

  it("never lets sudo or doas ask where there is no password", () => {
    expect(becomeCommand(become("sudo"), nonce)).toEqual({
      command: ["env", "LC_ALL=C", "sudo", "-H", "-n", "-u", "root", "--", "/bin/sh", "-s"],
    });
    expect(becomeCommand(become("doas"), nonce)).toEqual({
      command: ["env", "LC_ALL=C", "doas", "-n", "-u", "root", "--", "/bin/sh", "-s"],
    });
  });

  it("holds the script back from a su that may ask, though there is no password", () => {
    expect(becomeCommand(become("su"), nonce).prompt).toMatchObject({ kind: "following", answer: undefined });
  });

  it.each(methods)("keeps the password out of %s's argument list, and the nonce in prompt and start", (method) => {
    const { command, prompt } = becomeCommand(become(method, { password: secret("hunter2") }), nonce, 700);
    expect(command.join(" ")).not.toContain("hunter2");
    expect(command).toContain(prompt?.marker);
    expect(prompt?.marker).toContain(nonce);
    expect(prompt?.ready).toContain(nonce);
    expect(prompt?.within).toBe(700);
  });

  it.each(methods)("hands user, program and flags to %s as words", (method) => {
    const flags = ["-a", "b c; reboot", "$(reboot)"];
    const { command } = becomeCommand(become(method, { user: "a;b", exe: "/opt/my sudo", flags }), nonce);
    const at = command.indexOf("/opt/my sudo");
    expect(command.slice(at + 1, at + 4)).toEqual(flags);
    expect(command).toContain("a;b");
  });

  it.each(methods)("lets no flag keep %s from asking", (method) => {
    const { command } = becomeCommand(
      become(method, { password: secret("x"), flags: method === "su" ? [] : ["-n"] }),
      nonce,
    );
    expect(command).not.toContain("-n");
  });
});

type Case = {
  readonly program: string;
  readonly method: BecomeMethod;
  readonly status: number;
  readonly said: string;
  /** Missing: the script itself failed. */
  readonly because?: string;
};
const cases = JSON.parse(readFileSync("test/cases/become/refusals.json", "utf8")) as readonly Case[];

describe("becomeFailure", () => {
  it.each(cases)("$method, status $status, $said", ({ method, status, said, because }) => {
    const failure = becomeFailure(become(method), status, said);
    if (because === undefined) expect(failure).toBeUndefined();
    else {
      expect(failure).toMatchObject({ code: "become_refused", sent: false });
      expect(failure?.detail).toContain(`${method}: `);
      expect(failure?.detail.split("\n")[0]).toContain(because);
      expect(failure?.detail).toContain(said.trim());
    }
  });

  it("keeps the words of a program that failed in its own way", () => {
    expect(becomeFailure(become("sudo"), 1, "sudo: setrlimit(RLIMIT_CORE): Operation not permitted")).toBeUndefined();
    expect(becomeFailure(become("doas"), 1, "oops: doas: said the script")).toBeUndefined();
  });
});

describe("notBecome", () => {
  const told = (because: "asked_again" | "no_answer" | "stalled", words: string, answered = false): string => {
    const { code, detail } = notBecome(become("su"), { kind: "not_ready", because, answered, words }, 700);
    return `${code}: ${detail}`;
  };

  it("tells a wrong password, a missing one and a stall apart", () => {
    expect(told("asked_again", "Password: ")).toBe("become_refused: su: the password was not accepted");
    expect(told("no_answer", "Password: ")).toBe("become_refused: su: a password is needed (-K, --ask-become-pass)");
    expect(told("stalled", "Code: ")).toBe(
      "become_stalled: su: neither a password prompt that ctfleet answers nor a start within 700 ms: Code:",
    );
    expect(told("stalled", "", true)).toBe("become_stalled: su: no answer to the password within 700 ms");
  });

  it("reads the reason from what was said", () => {
    expect(told("asked_again", "You are required to change your password immediately.\nCurrent password: ")).toMatch(
      /^become_refused: su: the password has expired/,
    );
  });
});

describe("loginFailure", () => {
  it.each([
    ["WARNING: Your password has expired.\nPassword change required but no TTY available.", "password has expired"],
    ["This account is currently not available.", "nologin"],
    ["Could not chdir to home directory /home/x: No such file\nThis account is not available", "nologin"],
  ])("knows %j", (words, because) => {
    expect(loginFailure(words)).toMatchObject({ code: "account_unusable", sent: false });
    expect(loginFailure(words)?.detail).toContain(because);
  });

  it("is not what su says of the account to become", () => {
    const words = "su: using restricted shell /usr/sbin/nologin\nThis account is currently not available.";
    expect(loginFailure(words)).toBeUndefined();
  });
});
