import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Secret, secret } from "../../src/model/host.ts";
import { type Become, type BecomeOther, becomeCommand } from "../../src/remote/become.ts";
import { onTerminal } from "../../src/remote/on-terminal.ts";
import type { ExecResult, Remote } from "../../src/remote/port.ts";
import { runScript } from "../../src/remote/script.ts";
import { testPassword, testPasswordHash } from "../support/accounts.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { optionsFor, output, script, withRemote } from "./login.ts";

const nonce = "00112233445566778899aabbccddeeff";
const loginUsers = ["deploy", "operator", "fisher", "tess"];

let sshd: Sshd;
const onHost = (line: string): Promise<string> => sshd.hosts[0]!.run(line);
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  await onHost(`usermod -p '${testPasswordHash}' root; cp /etc/pam.d/su /etc/su.kept; ${asInstalled}`);
});
afterAll(() => sshd.stop());
afterEach(() => onHost(asInstalled));

/** Takes back what a test changed on the host. */
const asInstalled = [
  "rm -f /etc/sudoers.d/zz-test; cp /etc/su.kept /etc/pam.d/su",
  "printf 'permit operator\\npermit fisher\\npermit tess\\npermit nopass deploy\\n' >/etc/doas.conf",
  "for user in root operator; do chage -E -1 -d 20000 $user; usermod -s /bin/sh $user; done",
].join("; ");

type Method = BecomeOther["kind"];
const become = (kind: Method, password?: string | Secret, rest: Partial<BecomeOther> = {}): Become => ({
  ...{ kind, user: "root", exe: undefined, flags: [], ...rest },
  password: typeof password === "string" ? secret(password) : password,
});

/** `stdout`, or `CODE: DETAIL`. */
const run = async (remote: Remote, as: Become, text = "id -un", becomeWithin = 10_000): Promise<string> => {
  const result = await runScript(remote, {
    script: text,
    nonce,
    become: as,
    within: 20_000,
    becomeWithin,
    changes: true,
  });
  if (result.kind === "printed") return Buffer.from(result.stdout).toString();
  expect(result.failure.sent).toBe(false);
  return `${result.failure.code}: ${result.failure.detail}`;
};

const as = async <T>(user: string, use: (remote: Remote) => Promise<T>): Promise<T> =>
  withRemote({ ...(await optionsFor(sshd)), user }, use);

const runAs = (user: string, other: Become, text?: string): Promise<string> =>
  as(user, (remote) => run(remote, other, text));

describe.each<Method>(["sudo", "doas"])("%s without a password", (method) => {
  it("makes deploy root", async () => {
    expect(await runAs("deploy", become(method))).toBe("root\n");
  });

  it("is refused to who must give one, and says how", async () => {
    expect(await runAs("operator", become(method))).toMatch(
      new RegExp(`^become_refused: ${method}: a password is needed \\(-K`),
    );
  });
});

describe.each<Method>(["sudo", "su", "doas"])("%s with a password", (method) => {
  it.each(method === "sudo" ? ["operator"] : loginUsers)("makes %s root", async (user) => {
    expect(await runAs(user, become(method, testPassword))).toBe("root\n");
  });

  it("runs a long script, keeps its bytes, its streams and its status apart, and its input ends", async () => {
    // What a terminal would take for keys.
    const typed = "\x03\x04\x11\x13\x1a\x1c\x7f";
    const text = `# ${"x".repeat(70_000)}\nprintf 'a\\tb\\377\\003\\004\\r\\n${typed}'; echo "nöise" >&2; cat; tty >/dev/null; exit 7`;
    const result = await as("operator", (remote) => {
      const command = becomeCommand(become(method, testPassword), nonce);
      return remote.exec(script(command.terminal ? onTerminal(text) : text, { ...command, changes: true }));
    });
    if (result.kind !== "exited") throw new Error(result.kind);
    expect(result.status).toBe(7);
    expect(Buffer.from(result.stdout).toString("latin1")).toContain(`a\tb\xff\x03\x04\r\n${typed}`);
    const all = Buffer.concat([result.stdout, result.stderr]).toString();
    expect(all).toContain("nöise\n");
    expect(all).not.toContain("password");
  });

  it("does not send it where nobody asks", async () => {
    const users = { sudo: "deploy", su: "root", doas: "deploy" };
    const other = become(method, "never-sent", { user: method === "su" ? "guest" : "root" });
    expect(await runAs(users[method], other, "id -un; cat")).toBe(method === "su" ? "guest\n" : "root\n");
  });

  it("shows the password nowhere: no argument, no environment, no echo, no log", async () => {
    let revealed = 0;
    // Only what is written knows it: so nothing can take it out of the output again.
    const once: Secret = { reveal: () => (revealed++ === 0 ? testPassword : "") };
    const text = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>&1 | tr '\\0' '\\n'; echo end";
    const seen = await runAs("operator", become(method, once), text);
    expect(seen).toContain("end\n");
    expect(seen + sshd.hosts[0]!.log()).not.toMatch(/correct.horse/);
    expect(revealed).toBeGreaterThan(0);
  });

  it("is refused when it is wrong, after one answer, without sending the script or naming it", async () => {
    const said = await runAs("operator", become(method, "swordfish"));
    expect(said).toMatch(new RegExp(`^become_refused: ${method}: the password was not accepted`));
    expect(said).not.toContain("swordfish");
  });
});

/** What is changed on the host once the login is done, who tries what then, and what is said of it. */
type Refusal = readonly [claim: string, change: string, user: string, other: Become, said: RegExp];
const sudoers = (line: string): string => `echo '${line}' >/etc/sudoers.d/zz-test; chmod 440 /etc/sudoers.d/zz-test`;
const pam = (line: string): string => `(echo '${line}'; cat /etc/su.kept) >/etc/pam.d/su`;
const missing = (method: Method): Become => become(method, testPassword, { exe: `/opt/no/${method}` });

const refusals: readonly Refusal[] = [
  [
    "sudo: an expired account",
    "chage -E 1 operator",
    "operator",
    become("sudo", testPassword),
    /sudo: the account has expired or is locked: sudo: account validation failure/,
  ],
  [
    "sudo: an expired password",
    "chage -d 0 operator",
    "operator",
    become("sudo", testPassword),
    /sudo: the password has expired/,
  ],
  [
    "sudo: requiretty",
    sudoers("Defaults requiretty"),
    "deploy",
    become("sudo"),
    /sudo: a terminal is wanted \(requiretty/,
  ],
  [
    "sudo: requiretty, with a password",
    sudoers("Defaults requiretty"),
    "operator",
    become("sudo", testPassword),
    /sudo: a terminal is wanted \(requiretty/,
  ],
  ["sudo: not in sudoers", "", "guest", become("sudo", testPassword), /sudo: the login user is not in sudoers/],
  [
    "sudo: a command that is not allowed",
    sudoers("guest ALL=(ALL) /bin/ls"),
    "guest",
    become("sudo", testPassword),
    /sudo: sudoers does not allow/,
  ],
  [
    "sudo: no such user",
    "",
    "deploy",
    become("sudo", undefined, { user: "nobdy" }),
    /sudo: the host does not know the user to become/,
  ],
  ["sudo: not on the host", "", "deploy", missing("sudo"), /sudo: the host does not have this program/],
  [
    "su: an expired account",
    "chage -E 1 root",
    "operator",
    become("su", testPassword),
    /su: the account has expired or is locked/,
  ],
  [
    "su: an expired password",
    "chage -d 0 root",
    "operator",
    become("su", testPassword),
    /su: the password has expired/,
  ],
  [
    "su: a rule for members of wheel",
    pam("auth requisite pam_wheel.so group=root"),
    "operator",
    become("su", testPassword),
    /su: a rule of the host keeps the login user from su/,
  ],
  ["su: no password given", "", "operator", become("su"), /su: a password is needed \(-K/],
  [
    "su: no such user",
    "",
    "operator",
    become("su", testPassword, { user: "nobdy" }),
    /su: the host does not know the user to become/,
  ],
  [
    "su: a user without a shell",
    "usermod -s /usr/sbin/nologin root",
    "operator",
    become("su", testPassword),
    /su: the user to become has no login shell/,
  ],
  ["su: not on the host", "", "operator", missing("su"), /su: the host does not have this program/],
  [
    "doas: an expired account",
    "chage -E 1 operator",
    "operator",
    become("doas", testPassword),
    /doas: the account has expired or is locked/,
  ],
  [
    "doas: an expired password",
    "chage -d 0 operator",
    "operator",
    become("doas", testPassword),
    /doas: the password has expired/,
  ],
  ["doas: not permitted", "", "guest", become("doas", testPassword), /doas: doas.conf does not permit/],
  [
    "doas: no such user",
    "",
    "operator",
    become("doas", testPassword, { user: "nobdy" }),
    /doas: the host does not know the user to become/,
  ],
  [
    "doas: no doas.conf",
    "rm /etc/doas.conf",
    "operator",
    become("doas", testPassword),
    /doas: the host has no doas.conf/,
  ],
  [
    "doas: a broken doas.conf",
    "echo 'permit what' >/etc/doas.conf; echo '{' >>/etc/doas.conf",
    "deploy",
    become("doas"),
    /doas: the host's doas.conf has an error/,
  ],
  ["doas: not on the host", "", "operator", missing("doas"), /doas: the host does not have this program/],
];

describe("is refused, and says why,", () => {
  it.each(refusals)("%s", async (_, change, user, other, said) => {
    const told = await as(user, async (remote) => {
      if (change !== "") await onHost(change);
      return run(remote, other);
    });
    expect(told).toMatch(/^become_refused: /);
    expect(told).toMatch(said);
  });
});

describe("sudo", () => {
  it.each(["deploy", "fisher", "tess"])("makes %s root from that login shell", async (user) => {
    expect(await runAs(user, become("sudo"))).toBe("root\n");
  });

  it("lectures without being taken for a prompt", async () => {
    await onHost(
      `${sudoers("Defaults lecture=always, lecture_file=/etc/lecture")}; printf 'Password: \\n' >/etc/lecture`,
    );
    expect(await runAs("operator", become("sudo", testPassword))).toBe("root\n");
  });

  it.each([
    "Defaults passprompt_override",
    "Defaults rootpw",
    "Defaults timestamp_timeout=0",
    "Defaults !authenticate",
  ])("works with %s", async (line) => {
    await onHost(sudoers(line));
    expect(await runAs("operator", become("sudo", testPassword))).toBe("root\n");
  });

  it("takes the inventory's flags as words, and asks where they say never", async () => {
    const flags = ["-n", "-C", "10", "a b; touch /tmp/never"];
    const other = become("sudo", testPassword, { flags: flags.slice(0, 1) });
    expect(await runAs("operator", other)).toBe("root\n");
    expect(await runAs("deploy", become("sudo", undefined, { flags }))).not.toBe("root\n");
    expect(await onHost("ls /tmp")).not.toContain("never");
  });
});

describe("su", () => {
  it("becomes another user than root with that user's password, without its login files", async () => {
    const other = become("su", testPassword, { user: "deploy" });
    expect(await runAs("operator", other, "id -un; echo $0")).toBe("deploy\n/bin/sh\n");
  });

  it("needs no password from root, whatever shell the user has", async () => {
    expect(await runAs("root", become("su", undefined, { user: "nobody" }))).toBe("nobody\n");
  });
});

describe("a prompt", () => {
  const converse = async (words: string, within = 5000): Promise<ExecResult> =>
    withRemote(await optionsFor(sshd), (remote) =>
      remote.exec(
        script("echo script ran", {
          command: ["/bin/sh", "-c", words],
          prompt: { kind: "own", marker: "<MARK>", ready: "READY", answer: secret("pässword"), within },
          changes: true,
        }),
      ),
    );

  it("is known when it comes in pieces, and an answer that is echoed is taken out", async () => {
    const pieces =
      "printf '<MA' >&2; sleep 0.1; printf 'RK>' >&2; read a; echo $a >&2; printf 'REA' >&2; sleep 0.1; echo DY >&2; exec sh -s";
    expect(output(await converse(pieces))).toEqual({ status: 0, stdout: "script ran\n", stderr: "\n" });
  });

  it("that comes twice is answered once", async () => {
    const result = await converse(
      "printf '<MARK>' >&2; read a; printf '<MARK>' >&2; read a; echo READY >&2; exec sh -s",
    );
    expect(result).toEqual({ kind: "not_ready", because: "asked_again", answered: true, words: "" });
  });

  it("that never comes is a stall, and what came instead is told", async () => {
    const result = await converse("echo 'Mot de passe :' >&2; read a", 500);
    expect(result).toEqual({ kind: "not_ready", because: "stalled", answered: false, words: "Mot de passe :\n" });
  });

  it("whose answer leads nowhere is a stall, and an echo of it is not told", async () => {
    const result = await converse("printf '<MARK>' >&2; read a; echo $a >&2; sleep 60", 2000);
    expect(result).toEqual({ kind: "not_ready", because: "stalled", answered: true, words: "********\n" });
  });

  it("is not answered again when a script prints the word later", async () => {
    const result = await converse("echo READY >&2; echo '<MARK>' >&2; exec sh -s");
    expect(output(result)).toEqual({ status: 0, stdout: "script ran\n", stderr: "<MARK>\n" });
  });
});

it("a prompt for anything but a password stalls, soon, and is shown", async () => {
  const exe = "/tmp/asks-for-a-code";
  await sshd.hosts[0]!.writeFile(exe, "#!/bin/sh\nprintf 'Verification code: '\nread -r code\n", 0o755);
  const told = await as("operator", (remote) => run(remote, become("su", testPassword, { exe }), "id", 700));
  expect(told).toBe(
    "become_stalled: su: neither a password prompt that ctfleet answers nor a start within 700 ms: Verification code:",
  );
});

it("a su that asks on standard output, as busybox has it, is answered", async () => {
  const exe = "/tmp/asks-on-stdout";
  const asks = 'printf "Password: "\nread -r word\n[ "$word" = "correct horse" ] && shift 3 && exec /bin/sh -c "$1"\n';
  await sshd.hosts[0]!.writeFile(exe, `#!/bin/sh\n${asks}`, 0o755);
  expect(await runAs("operator", become("su", testPassword, { exe }))).toBe("operator\n");
});
