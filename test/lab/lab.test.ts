import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/lab/kinds.ts";
import { type Lab, labUp, startLab } from "../../src/lab/lab.ts";
import { makeKey } from "../support/sshd.ts";
import { onHost, ssh } from "./ssh.ts";

const fileDescriptors = (): number => readdirSync("/proc/self/fd").length;

/** Processes that have the fleet's folder in their environment. */
const processesOf = (dir: string): number =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`CTFLEET_LAB_ROOT=${dir}/`);
    } catch {
      return false;
    }
  }).length;

describe("a fleet that runs", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab.stop());

  it("has hosts each of another kind and another memory size", () => {
    expect(lab.hosts.map(({ kind }) => kind)).toEqual(kinds);
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    expect(new Set(kinds.map(({ machine }) => machine.memory)).size).toBe(kinds.length);
  });

  it.each(kinds.map(({ name, uid = 0, kernel }) => [name, uid, kernel.release] as const))(
    "lets plain ssh run a script on %s, as user %d by all appearances, and brings back its exit status",
    async (host, uid, release) => {
      const script =
        'id -u; uname -r; ls -ldn etc | cut -d " " -f 3,4; stat -c "%u %g" etc/hostname; cat etc/hostname; exit 7';
      const { status, stdout } = await ssh(lab, { host, input: script });
      expect(stdout).toBe(`${uid}\n${release}\n0 0\n0 0\n${host}\n`);
      expect(status).toBe(7);
    },
  );

  it("runs a line of shell in the host's folder", async () => {
    expect((await ssh(lab, { host: "debian", line: "cat proc/sys/net/netfilter/nf_conntrack_max" })).stdout).toBe(
      "80000\n",
    );
  });

  it("reports the signal that ended a command", async () => {
    const { stderr, status } = await ssh(lab, { host: "debian", line: "kill -TERM $$" });
    expect(status).toBe(255);
    expect(stderr).not.toContain("denied");
  });

  it("carries bytes through unchanged, more than the pipes and the window hold", async () => {
    const input = "0123456789abcde\n".repeat(250_000);
    const { stdout } = await ssh(lab, { host: "debian", line: "cat", input });
    expect(stdout.length).toBe(input.length);
    expect(stdout).toBe(input);
  });

  it("refuses another key, and another user", async () => {
    const key = await makeKey(join(lab.dir, "another"), "ed25519");
    const config = join(lab.dir, "another_config");
    writeFileSync(config, readFileSync(lab.files.sshConfig, "utf8").replace(lab.files.privateKey, key));
    const other = await ssh(lab, { host: "debian", config, options: ["-o", "BatchMode=yes"] });
    const user = await ssh(lab, { host: "debian", options: ["-o", "User=deploy", "-o", "BatchMode=yes"] });
    for (const { status, stderr } of [other, user]) {
      expect(status).toBe(255);
      expect(stderr).toContain("Permission denied (publickey)");
    }
  });

  it("kills what a host runs when its connection goes", async () => {
    const child = spawn("ssh", ["-F", lab.files.sshConfig, "alpine", "echo up; sleep 300"]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const host = lab.hosts.find(({ kind }) => kind.name === "alpine")!;
    expect(host.busy()).toBe(1);
    child.kill("SIGKILL");
    await expect.poll(host.busy, { timeout: 10_000 }).toBe(0);
  });

  it("gives its hosts an uptime that moves on, and a log with stamps of that clock", async () => {
    const read = async () => Number((await onHost(lab, "el6", "cut -d ' ' -f 1 proc/uptime")).trim());
    const first = await read();
    expect(first).toBeGreaterThan(20_736_000);
    expect(await read()).toBeGreaterThan(first);
    const stamp = /^\[ *([\d.]+)\]/.exec(await onHost(lab, "el6", "dmesg | tail -n 1"))?.[1];
    expect((await read()) - Number(stamp)).toBeGreaterThan(64);
    expect((await read()) - Number(stamp)).toBeLessThan(300);
  });
});

it("is up within two seconds of work", async () => {
  // In memory where there is such a place: the disk under it is not what is measured.
  const dir = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "ctfleet-lab-"));
  await chmod(dir, 0o755);
  const before = process.cpuUsage();
  const lab = await startLab({ dir });
  const { user, system } = process.cpuUsage(before);
  await lab.stop();
  await rm(dir, { recursive: true });
  expect((user + system) / 1e6).toBeLessThan(2);
});

it("leaves no process, no descriptor and no folder behind", async () => {
  const before = fileDescriptors();
  const lab = await startLab();
  // One that hangs, and one that left its group.
  const running = ssh(lab, { host: "debian", line: "setsid sleep 300 >/dev/null 2>&1 & sleep 300" });
  await expect.poll(() => processesOf(lab.dir), { timeout: 10_000 }).toBeGreaterThan(1);
  await lab.stop();
  expect((await running).status).toBe(255);
  await expect.poll(() => processesOf(lab.dir), { timeout: 10_000 }).toBe(0);
  expect(existsSync(lab.dir)).toBe(false);
  await expect.poll(fileDescriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before);
});

describe("a fleet in a folder of its own", () => {
  it("keeps its hosts and its keys from one start to the next", async () => {
    const outer = await startLab({ kinds: [] });
    const dir = join(outer.dir, "fleet");
    const first = await startLab({ dir });
    await onHost(first, "debian", "echo kept >etc/motd");
    const uptime = Number(await onHost(first, "debian", "cut -d ' ' -f 1 proc/uptime"));
    const keys = first.hosts.map(({ publicKey }) => publicKey);
    await first.stop();
    const second = await startLab({ dir });
    expect(await onHost(second, "debian", "cat etc/motd")).toBe("kept");
    expect(Number(await onHost(second, "debian", "cut -d ' ' -f 1 proc/uptime"))).toBeGreaterThan(uptime);
    expect(second.hosts.map(({ publicKey }) => publicKey)).toEqual(keys);
    await second.stop();
    await outer.stop();
  });

  it("refuses a folder with other files in it, and touches nothing there", async () => {
    const outer = await startLab({ kinds: [] });
    const dir = join(outer.dir, "hosts");
    writeFileSync(join(dir, "mine"), "");
    await expect(startLab({ dir })).rejects.toThrow(`${dir} holds files and no practice fleet`);
    expect(readdirSync(dir)).toEqual(["mine"]);
    await outer.stop();
  });

  it.runIf(process.getuid?.() === 0)(
    "refuses a folder that an ordinary user cannot come to, as whom the hosts run",
    async () => {
      const outer = await startLab({ kinds: [] });
      const closed = join(outer.dir, "closed");
      await mkdir(closed, { mode: 0o700 });
      await expect(startLab({ dir: join(closed, "fleet") })).rejects.toThrow("cannot be reached by an ordinary user");
      await outer.stop();
    },
  );

  it("refuses a folder in which another fleet runs", async () => {
    const outer = await startLab({ kinds: [] });
    writeFileSync(join(outer.dir, "lab.pid"), `${process.ppid}\n`);
    await expect(startLab({ dir: outer.dir })).rejects.toThrow(`in use by process ${process.ppid}`);
    expect(readFileSync(join(outer.dir, "lab.pid"), "utf8")).toBe(`${process.ppid}\n`);
    await outer.stop();
  });
});

describe("the fleet in the foreground", () => {
  it("says where everything is, and ends when it is told to", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const out = (line: string) => {
      lines.push(line);
      if (line.includes("Ctrl-C")) stop.abort();
    };
    expect(await labUp({ dir: undefined, out, signal: stop.signal })).toBe(0);
    const text = lines.join("\n");
    for (const { name } of kinds) expect(text).toContain(name);
    const inventory = /-i (\S+) --known-hosts (\S+)/.exec(text)?.[1] ?? "";
    expect(inventory).toMatch(/inventory\.yaml$/);
    expect(existsSync(inventory)).toBe(false);
  });

  it("does not start in a folder that will not do, and says why", async () => {
    const outer = await startLab({ kinds: [] });
    const lines: string[] = [];
    const dir = join(outer.dir, "stand-ins");
    expect(await labUp({ dir, out: (line) => lines.push(line), signal: new AbortController().signal })).toBe(1);
    expect(lines).toEqual([`${dir} holds files and no practice fleet: name a new or an empty folder`]);
    await outer.stop();
  });
});
