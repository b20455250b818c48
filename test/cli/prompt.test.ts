import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testPassword } from "../support/accounts.ts";
import { withAgent } from "../support/agent.ts";
import type { JsonReport } from "../support/ctfleet.ts";
import { makeKey, type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";
import { onTerminal } from "../support/terminal.ts";

let sshd: Sshd;
let host: SshdHost;
let inventory: string;
let apply: readonly string[];
let report: string;

beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  host = sshd.hosts[0]!;
  inventory = join(sshd.folder, "inventory.yaml");
  report = join(sshd.folder, "report.json");
  const play = join(sshd.folder, "play.yaml");
  await writeFile(
    inventory,
    `all: { hosts: { one: { ansible_host: ${host.address}, ansible_port: ${host.port}, ansible_user: root } } }\n`,
  );
  await writeFile(
    play,
    "- hosts: all\n  tasks: [{ settings: { path: /etc/sysctl.conf, set: { kernel.sysrq: 1 } } }]\n",
  );
  const reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "--private-key", sshd.clientKey];
  apply = ["apply", play, ...reach, "--output", "json"];
});
afterAll(() => sshd.stop());

describe("the question of apply", () => {
  beforeEach(() => host.writeFile("/etc/sysctl.conf", "kernel.sysrq = 0\n"));

  const asked = async () => {
    const terminal = onTerminal(apply, { stdout: report });
    await terminal.sees("[y/N]");
    return terminal;
  };
  const sysctl = () => host.readFile("/etc/sysctl.conf");
  const reported = async () => JSON.parse(await readFile(report, "utf8")) as JsonReport;

  it("y changes the host", async () => {
    const terminal = await asked();
    terminal.type("y\r");
    expect((await terminal.ended).exit).toBe(0);
    expect(await sysctl()).toBe("kernel.sysrq = 1\n");
  });

  it.each([
    ["n", "n\r"],
    ["nothing", "\r"],
    ["the end of input", "\x04"],
  ])("%s changes nothing and is exit 1", async (_, keys) => {
    const terminal = await asked();
    terminal.type(keys);
    const { exit, screen } = await terminal.ended;
    expect({ exit, sysctl: await sysctl() }).toEqual({ exit: 1, sysctl: "kernel.sysrq = 0\n" });
    expect(screen).toContain("nothing was changed");
  });

  it.each([
    ["Ctrl-C", 130, (terminal: ReturnType<typeof onTerminal>) => terminal.type("\x03")],
    ["SIGTERM", 143, (terminal: ReturnType<typeof onTerminal>) => terminal.signal("SIGTERM")],
    ["SIGHUP", 129, (terminal: ReturnType<typeof onTerminal>) => terminal.signal("SIGHUP")],
  ])("%s changes nothing, is exit %i, and the report has the host once", async (_, code, stop) => {
    const terminal = await asked();
    stop(terminal);
    expect((await terminal.ended).exit).toBe(code);
    expect(await sysctl()).toBe("kernel.sysrq = 0\n");
    const { exit, hosts } = await reported();
    expect({ exit, hosts: hosts.map(({ name, outcome }) => [name, outcome]) }).toEqual({
      exit: code,
      hosts: [["one", "not_attempted"]],
    });
  });
});

describe("the passwords of -k and -K", () => {
  it("are one where the second is left empty, and neither is shown", async () => {
    const words = ["ping", "-i", `${host.address},`, "-e", `ansible_port=${host.port}`, "-F", "none", "-u", "operator"];
    const terminal = onTerminal([...words, "--known-hosts", sshd.knownHostsFile, "-b", "-k", "-K"]);
    await terminal.sees("SSH password: ");
    terminal.type(`${testPassword}\r`);
    await terminal.sees("(Enter: the SSH password): ");
    terminal.type("\r");
    const { exit, screen } = await terminal.ended;
    expect(screen).toContain("uid 0");
    expect(exit).toBe(0);
    expect(screen).not.toContain(testPassword);
  });
});

describe("the passphrase of a key in the usual place", () => {
  let key: string;
  let bundle: string;
  beforeAll(async () => {
    key = await makeKey(join(sshd.folder, "locked"), "ed25519", "open sesame");
    await writeFile(join(sshd.folder, "authorized_keys"), await readFile(`${key}.pub`), { flag: "a" });
    // A checkout below /tmp cannot be seen from the host, which has a /tmp of its own.
    bundle = join(sshd.folder, "dist");
    await cp(join(import.meta.dirname, "../../dist"), bundle, { recursive: true });
    await writeFile(join(bundle, "package.json"), '{ "type": "module" }');
    await host.run(`mkdir -p -m 700 /root/.ssh && cp ${key} /root/.ssh/id_ed25519`);
  });

  /** On the host's own files, where root's home folder is not ours. */
  const ping = (agentSocket: string, more: readonly string[] = []) =>
    onTerminal(["ping", "-i", inventory, "--known-hosts", sshd.knownHostsFile, ...more], {
      env: { SSH_AUTH_SOCK: agentSocket },
      through: ["nsenter", "--target", String(host.pid), "--mount"],
      bundle,
    });

  it("is asked for where there is no agent", async () => {
    const terminal = ping("");
    await terminal.sees("Passphrase for /root/.ssh/id_ed25519: ");
    terminal.type("open sesame\r");
    const { exit, screen } = await terminal.ended;
    expect(exit).toBe(0);
    expect(screen).not.toContain("sesame");
  });

  it("is not asked for where there is one", async () => {
    await withAgent({ socket: join(sshd.folder, "agent"), keys: [sshd.clientKey] }, async (socket) => {
      const { exit, screen } = await ping(socket).ended;
      expect(exit).toBe(0);
      expect(screen).not.toContain("Passphrase");
    });
  });

  it("is asked for in any case for a key that was named", async () => {
    await withAgent({ socket: join(sshd.folder, "agent"), keys: [] }, async (socket) => {
      const terminal = ping(socket, ["--private-key", key]);
      await terminal.sees(`Passphrase for ${key}: `);
      terminal.type("open sesame\r");
      expect((await terminal.ended).exit).toBe(0);
    });
  });

  it("can be left with Ctrl-C", async () => {
    const terminal = ping("");
    await terminal.sees("Passphrase");
    terminal.type("\x03");
    expect((await terminal.ended).exit).toBe(130);
  });
});
