import { appendFile, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctfleet, ctfleetJson } from "../support/ctfleet.ts";
import sickHost from "../support/sick-host.sh";
import { freePort, makeKey, type Sshd, startSshd } from "../support/sshd.ts";

let sshd: Sshd;
let sick: Sshd;
let silent: Server;
let mute: Server;
const sockets: Socket[] = [];
let inventory: string;

beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  const [host] = sshd.hosts;
  const command = { AuthorizedKeysCommand: "/etc/sick-host %u '%t %k'", AuthorizedKeysCommandUser: "root" };
  sick = await startSshd({ count: 1, options: { AuthorizedKeysFile: "none", ...command } });
  await sick.hosts[0]!.writeFile("/etc/sick-host", sickHost, 0o755);
  await appendFile(sshd.knownHostsFile, `${sick.hosts[0]!.knownHosts.join("\n")}\n`);
  silent = createServer((socket) => sockets.push(socket)).listen(0, "127.1.0.9");
  mute = createServer((socket) => {
    sockets.push(socket.on("error", () => socket.destroy()));
    socket.write("SSH-2.0-OpenSSH_9.2\r\n");
  }).listen(0, "127.1.0.9");
  await Promise.all([silent, mute].map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const portOf = (server: Server) => (server.address() as { port: number }).port;
  const key = `ansible_ssh_private_key_file: ${sshd.clientKey}`;
  const at = (address: string, port: number, more = "") =>
    `{ ansible_host: ${address}, ansible_port: ${port}, ansible_user: root, ${key}${more} }`;
  const real = { address: host!.address, port: host!.port };
  const wrongKey = await makeKey(join(sshd.folder, "stranger"), "ed25519");
  inventory = join(sshd.folder, "inventory.yaml");
  await writeFile(
    inventory,
    `all:
  hosts:
    good: ${at(real.address, real.port)}
    closed: ${at("127.1.0.9", await freePort())}
    hangs: ${at("127.1.0.9", portOf(silent))}
    mute: ${at("127.1.0.9", portOf(mute))}
    stuck: { ansible_host: ${sick.hosts[0]!.address}, ansible_port: ${sick.hosts[0]!.port}, ansible_user: operator, ansible_ssh_private_key_file: ${sick.clientKey} }
    floods: { ansible_host: ${sick.hosts[0]!.address}, ansible_port: ${sick.hosts[0]!.port}, ctfleet_root: /floods, ansible_user: tess, ansible_ssh_private_key_file: ${sick.clientKey} }
    nowhere: ${at("no-such-name.invalid", 22)}
    stranger: { ansible_host: ${real.address}, ansible_port: ${real.port}, ctfleet_root: /stranger, ansible_user: root, ansible_ssh_private_key_file: ${wrongKey} }
    plain: { ansible_host: ${real.address}, ansible_port: ${real.port}, ctfleet_root: /plain, ansible_user: deploy, ${key} }
    denied: { ansible_host: ${real.address}, ansible_port: ${real.port}, ctfleet_root: /denied, ansible_user: guest, ansible_become: true, ${key} }
`,
  );
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  mute.close();
  await Promise.all([sshd.stop(), sick.stop()]);
});

const reach = () => ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "--connect-timeout", "2"];
const ping = async (limit: string) => {
  const report = await ctfleetJson(["ping", ...reach(), "-l", limit]);
  const [host] = report.hosts;
  return { exit: report.ran.exit, outcome: host?.outcome, code: host?.failure?.code };
};

describe("each host that does not answer has its own failure", () => {
  it.each([
    ["a closed port", "closed", "connection_refused"],
    ["a host that accepts and then hangs", "hangs", "banner_timeout"],
    ["a host that hangs after its banner", "mute", "handshake_timeout"],
    ["a host that hangs while it checks the login", "stuck", "login_timeout"],
    ["a name that does not resolve", "nowhere", "name_not_found"],
    ["a key that the host does not accept", "stranger", "login_refused"],
  ])("%s", async (_, host, code) => {
    expect(await ping(host)).toEqual({ exit: 4, outcome: "unreachable", code });
  });

  it("sudo that refuses is a failure of a host that was reached", async () => {
    expect(await ping("denied")).toEqual({ exit: 3, outcome: "failed", code: "become_refused" });
  });

  it("a host that floods is a failure of a host that was reached", async () => {
    expect(await ping("floods")).toEqual({ exit: 3, outcome: "failed", code: "output_flood" });
  });

  it("each line says what happened, and after `next:` what to do", async () => {
    const { stdout } = await ctfleet([
      "ping",
      ...reach(),
      "-l",
      "closed,hangs,mute,stuck,floods,nowhere,stranger",
      "-v",
    ]);
    const lines = stdout.split("\n").filter((line) => line.includes("; next: "));
    expect(lines).toHaveLength(7);
    expect(new Set(lines.map((line) => line.replace(/^\S+\s+\S+\s+/, ""))).size).toBe(7);
  });

  it("an ordinary user with sudo -n is root after become", async () => {
    const report = await ctfleet(["ping", ...reach(), "-l", "plain", "-b"]);
    expect(report.exit).toBe(0);
    expect(report.stdout).toContain("uid 0");
  });

  it("all of them together: every host once, counts that add up, and exit 3 before 4", async () => {
    const report = await ctfleetJson(["ping", ...reach()]);
    expect(report.ran.exit).toBe(3);
    expect(report.hosts.map((host) => host.name)).toEqual([
      "good",
      "closed",
      "hangs",
      "mute",
      "stuck",
      "floods",
      "nowhere",
      "stranger",
      "plain",
      "denied",
    ]);
    expect(Object.values(report.summary).reduce((a, b) => a + b)).toBe(report.hosts.length);
    expect(report.summary).toEqual({ compliant: 2, unreachable: 6, failed: 2 });
  });

  it("--max-unreachable lets so many pass", async () => {
    expect((await ctfleet(["ping", ...reach(), "-l", "good,closed"])).exit).toBe(4);
    expect((await ctfleet(["ping", ...reach(), "-l", "good,closed", "--max-unreachable", "1"])).exit).toBe(0);
  });
});

describe("host keys", () => {
  it("an unknown key is refused, and accepted once with --accept-new-host-keys, strictly from then on", async () => {
    const mine = join(sshd.folder, "mine");
    const words = ["ping", "-i", inventory, "-l", "good", "--known-hosts", mine];
    expect((await ctfleetJson(words)).hosts[0]?.failure?.code).toBe("host_key_unknown");
    expect((await ctfleet([...words, "--accept-new-host-keys"])).exit).toBe(0);
    expect((await ctfleet(words)).exit).toBe(0);
  });

  it("a changed key never proceeds, not with --accept-new-host-keys either, and nobody logs in", async () => {
    const [host] = sshd.hosts;
    const forged = join(sshd.folder, "forged");
    const [, type] = host!.knownHosts[0]!.split(" ");
    const other = await makeKey(join(sshd.folder, "other-host"), "ed25519");
    const { readFile } = await import("node:fs/promises");
    const blob = (await readFile(`${other}.pub`, "utf8")).split(" ")[1];
    const line = `[${host!.address}]:${host!.port} ${type} ${blob}\n`;
    await writeFile(forged, line);
    const logins = host!.log().match(/Accepted publickey/g)?.length ?? 0;
    const report = await ctfleetJson([
      "ping",
      "-i",
      inventory,
      "-l",
      "good",
      "--known-hosts",
      forged,
      "--accept-new-host-keys",
    ]);
    expect(report.hosts[0]?.failure?.code).toBe("host_key_changed");
    expect(await readFile(forged, "utf8")).toBe(line);
    expect(host!.log().match(/Accepted publickey/g)?.length ?? 0).toBe(logins);
  });
});

describe("a run that cannot start", () => {
  it.each([
    ["an unknown option", ["audit", "--no-such"], "unknown option"],
    ["a misspelt command", ["adit"], "unknown command"],
    ["no inventory", ["ping"], "-i FILE"],
    ["an inventory that is not there", ["ping", "-i", "/no/such"], "/no/such does not exist"],
    ["a playbook that is not there", ["audit", "/no/such.yaml"], "/no/such.yaml does not exist"],
    ["forks of 0", ["ping", "-f", "0"], "whole number"],
    ["an unknown format", ["ping", "--output", "xml"], "text, json"],
  ])("%s is exit 1, said on stderr, and nothing on stdout", async (_, words, said) => {
    const ran = await ctfleet(words);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain(said);
    expect(ran.stdout).toBe("");
  });

  it("a limit that names no host is exit 1", async () => {
    const ran = await ctfleet(["ping", ...reach(), "-l", "all:!all"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("no host matched");
  });
});
