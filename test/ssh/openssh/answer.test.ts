import { describe, expect, it } from "vitest";
import { secret } from "../../../src/model/host.ts";
import { answerFor, readQuestion } from "../../../src/ssh/openssh/answer.ts";
import { isAtLeast, parseVersion } from "../../../src/ssh/openssh/version.ts";

const asking = (method: string): string =>
  `debug1: Next authentication method: publickey\ndebug1: Next authentication method: ${method}\n`;
const own = { own: true, log: asking("publickey"), version: [9, 2] as const };
const hop = { own: false, log: "", version: [9, 2] as const };
const phrase = "Enter passphrase for key '/home/me/.ssh/id_ed25519': ";

describe("a question", () => {
  it("of ssh is for a passphrase, or the PIN of a hardware key", () => {
    const file = "/home/me/.ssh/id_ed25519";
    expect(readQuestion(phrase, own)).toEqual({ kind: "passphrase", file });
    expect(readQuestion(phrase, hop)).toEqual({ kind: "passphrase", file });
    expect(readQuestion("Enter PIN for ED25519-SK key /k/sk: ", own)).toEqual({
      kind: "passphrase",
      file: "ED25519-SK key /k/sk",
    });
  });

  it.each(["password", "keyboard-interactive"])("of the host itself is for the password, by %s", (method) => {
    expect(readQuestion("op@web1's password: ", { ...own, log: asking(method) })).toEqual({ kind: "password" });
  });

  it("of the host itself for a one-time code gets no password, whatever the host's name", () => {
    const log = asking("keyboard-interactive");
    expect(readQuestion("(op@pin) Verification code: ", { ...own, log })).toEqual({ kind: "other" });
    expect(readQuestion("(op@pin) Passwort: ", { ...own, log })).toEqual({ kind: "password" });
    expect(readQuestion("op@pin's password: ", { ...own, log: asking("password") })).toEqual({ kind: "password" });
  });

  it("of a host that sounds like one of ssh's own gets no passphrase", () => {
    expect(readQuestion(phrase, { ...own, log: asking("keyboard-interactive") })).toEqual({ kind: "password" });
    // From 8.4 on a bastion's own questions have a mark; before, they cannot be told from ssh's.
    expect(readQuestion(`(me@bastion) ${phrase}`, hop)).toEqual({ kind: "other" });
    expect(readQuestion(phrase, { ...hop, version: [8, 0] })).toEqual({ kind: "other" });
  });

  it("about a bastion's key is known", () => {
    const text =
      "The authenticity of host 'b (10.0.0.1)' can't be established. ED25519 key fingerprint is SHA256:x. Are you sure you want to continue connecting (yes/no/[fingerprint])? ";
    expect(readQuestion(text, hop)).toEqual({ kind: "unknown_bastion" });
    expect(readQuestion(text, own)).toEqual({ kind: "other" });
  });
});

describe("an answer", () => {
  const given: string[] = [];
  const answers = (about: typeof own | typeof hop) =>
    answerFor({
      ...{ password: secret("hush"), passphrase: undefined, acceptNew: false },
      about: () => Promise.resolve(about),
      giveUp: ({ text }) => given.push(text),
    });

  it("is given to the host once", async () => {
    const answer = answers({ ...own, log: asking("password") });
    expect((await answer({ pid: 1, text: "password: " }))?.reveal()).toBe("hush");
    expect(await answer({ pid: 1, text: "password: " })).toBeUndefined();
    expect(given).toEqual([]);
  });

  it("is not given to a bastion, and its login is given up", async () => {
    expect(await answers(hop)({ pid: 2, text: "me@bastion's password: " })).toBeUndefined();
    expect(given).toEqual(["me@bastion's password: "]);
  });
});

it.each([
  ["OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19", [9, 2]],
  ["OpenSSH_8.0p1, OpenSSL 1.1.1k  FIPS", [8, 0]],
  ["OpenSSH_10.0p2, LibreSSL 3.3.6", [10, 0]],
  ["OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2", [9, 5]],
  ["Sun_SSH_1.1", undefined],
])("reads the version of %s", (said, version) => {
  expect(parseVersion(said)).toEqual(version);
});

it("compares versions by number", () => {
  expect(isAtLeast([10, 0], [8, 4])).toBe(true);
  expect(isAtLeast([8, 10], [8, 4])).toBe(true);
  expect(isAtLeast([8, 3], [8, 4])).toBe(false);
});
