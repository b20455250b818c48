import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testPassword } from "../support/accounts.ts";
import { ctfleet, ctfleetJson } from "../support/ctfleet.ts";
import { type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let gateways: readonly SshdHost[];
let own: readonly string[];
const inFolder = (path: string): string => join(sshd.folder, path);
const write = async (path: string, text: string, mode = 0o644): Promise<string> => {
  await mkdir(dirname(inFolder(path)), { recursive: true });
  await writeFile(inFolder(path), text);
  await chmod(inFolder(path), mode);
  return inFolder(path);
};

// A folder as a team has it: two kinds of sources, variables beside them, a password in a vault, and a way in ssh_config.
beforeAll(async () => {
  sshd = await startSshd({ count: 3, options: { AllowTcpForwarding: "yes" } });
  const [bastion, ...others] = sshd.hosts as [SshdHost, ...SshdHost[]];
  gateways = others;
  await write("team/hosts/01-static", "[gateways]\ngw1 rack=7\n\n[gateways:vars]\nansible_become=yes\n");
  const listed = JSON.stringify({ gateways: { hosts: ["gw2"] }, _meta: { hostvars: { gw2: { rack: 8 } } } });
  await write("team/hosts/02-cloud", `#!/bin/sh\necho asked the cloud >&2\necho '${listed}'\n`, 0o755);
  await write("team/hosts/group_vars/gateways/main.yml", "ansible_user: operator\n");
  await write("team/hosts/group_vars/gateways/vault.yml", `ansible_become_password: ${testPassword}\n`);
  await write("team/vault-password", "open sesame\n", 0o600);
  await execute("ansible-vault", [
    "encrypt",
    ...["--vault-password-file", inFolder("team/vault-password")],
    inFolder("team/hosts/group_vars/gateways/vault.yml"),
  ]);
  const gateway = ({ address }: SshdHost, at: number): string => `Host gw${at + 1}\n  HostName ${address}\n`;
  await write(
    "team/ssh_config",
    `Host bastion\n  HostName ${bastion.address}\n  User deploy\n${gateways.map(gateway).join("")}Host gw*\n  ProxyJump bastion\n` +
      `Host *\n  Port ${bastion.port}\n  IdentityFile ${sshd.clientKey}\n  UserKnownHostsFile ${sshd.knownHostsFile}\n  StrictHostKeyChecking yes\n`,
    0o600,
  );
  own = ["-i", inFolder("team/hosts"), "-F", inFolder("team/ssh_config")];
});
afterAll(() => sshd.stop());

const withVault = (): readonly string[] => [...own, "--vault-password-file", inFolder("team/vault-password")];
const loginsOnBastion = (): number => (sshd.hosts[0]!.log().match(/Accepted publickey for deploy/g) ?? []).length;

describe.each(["ssh2", "openssh"])("a team's inventory and SSH configuration, over %s", (transport) => {
  it("lead to every host, as root", async () => {
    const { hosts, exit, ran } = await ctfleetJson(["ping", ...withVault(), "--transport", transport]);
    expect(ran.stderr).toBe(`${inFolder("team/hosts/02-cloud")}: asked the cloud\n`);
    expect(hosts.map(({ name, outcome, failure }) => ({ name, outcome, failure }))).toEqual([
      { name: "gw1", outcome: "compliant" },
      { name: "gw2", outcome: "compliant" },
    ]);
    expect(exit).toBe(0);
    for (const gateway of gateways) expect(gateway.log()).toContain("Accepted publickey for operator");
  });

  it("are told as one line where all is alike, and nothing shows the password", async () => {
    const { stdout, stderr } = await ctfleet(["ping", "-vv", ...withVault(), "--transport", transport]);
    const folded = await ctfleet(["ping", ...withVault(), "--transport", transport]);
    expect(folded.stdout).toMatch(/^gw\[1-2\] +reached +uid 0\n/);
    expect(stdout).toMatch(/^gw1 +reached +uid 0\ngw2 +reached +uid 0\n/);
    expect(stdout + stderr + folded.stdout + folded.stderr).not.toContain(testPassword);
  });
});

describe("a bastion", () => {
  it("is logged in to once for all hosts behind it", async () => {
    const before = loginsOnBastion();
    await ctfleet(["ping", ...withVault()]);
    expect(loginsOnBastion() - before).toBe(1);
  });
});

describe("the transport is chosen by itself", () => {
  it("is the OpenSSH program where only that honours what is set, and -v says what it was", async () => {
    const bastion = sshd.hosts[0]!;
    const config = await write(
      "team/exec",
      `Match host ${bastion.address} exec true\n  User deploy\nHost *\n  Port ${bastion.port}\n  IdentityFile ${sshd.clientKey}\n  UserKnownHostsFile ${sshd.knownHostsFile}\n`,
      0o600,
    );
    const words = ["ping", "-i", `${bastion.address},`, "-F", config];
    const { exit, stdout, stderr } = await ctfleet([...words, "-v"]);
    expect({ exit, stderr }).toEqual({
      exit: 0,
      stderr: `${bastion.address}: over the OpenSSH program: Match exec at ${config}:1\n`,
    });
    expect(stdout).toMatch(/reached +uid 7001/);
    expect((await ctfleet(words)).stderr).toBe("");
  });

  it("is our own where it can be, and -vv says the whole way of each host", async () => {
    const { stderr } = await ctfleet(["ping", ...withVault(), "-vv"]);
    const port = sshd.hosts[0]!.port;
    expect(stderr).not.toContain("OpenSSH program");
    expect(stderr).toContain(
      `gw1: operator@${gateways[0]!.address}:${port} through deploy@${sshd.hosts[0]!.address}:${port}, keys`,
    );
  });
});

describe("what stands in the way is told before any connection", () => {
  const refusal = async (words: readonly string[]): Promise<string> => {
    const before = loginsOnBastion();
    const { exit, stdout, stderr } = await ctfleet(words);
    expect({ exit, stdout, logins: loginsOnBastion() - before }).toEqual({ exit: 1, stdout: "", logins: 0 });
    return stderr;
  };

  it("a vault without its password", async () => {
    expect(await refusal(["ping", ...own])).toMatch(
      /group_vars\/gateways\/vault\.yml is encrypted with ansible-vault, and no password was given: use --vault-password-file/,
    );
  });

  it("a mistake in ssh_config, with its line", async () => {
    const config = await write("team/bad_config", "Host *\n  Prot 22\n", 0o600);
    expect(await refusal(["ping", ...withVault(), "-F", config])).toContain(`${config}:2:3`);
  });

  it("jump hosts that lead in a circle", async () => {
    const config = await write("team/circle", "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n", 0o600);
    expect(await refusal(["ping", "-i", "a,", "-F", config])).toContain(
      "a: its jump hosts lead in a circle, through a",
    );
  });

  it("a setting that only the OpenSSH program honours, where ssh2 was asked for", async () => {
    const config = await write("team/gssapi", "Host *\n  GSSAPIAuthentication yes\n", 0o600);
    expect(await refusal(["ping", "-i", "a,", "-F", config, "--transport", "ssh2"])).toContain(
      "a needs the OpenSSH program, and the transport is to be ssh2: GSSAPIAuthentication",
    );
  });

  it("two names of one machine, where it would be changed", async () => {
    const play = await write("team/play.yaml", "- hosts: all\n  tasks: []\n");
    const inventory = await write("team/twins.ini", "a ansible_host='\"127.1\"'\nb ansible_host=127.0.0.1\n");
    expect(await refusal(["apply", play, "--yes", "-i", inventory, "-F", "none"])).toContain(
      "b is the same machine as a: both are 127.0.0.1 port 22",
    );
  });
});
