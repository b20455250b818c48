import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { buildConfirm } from "../../src/apply/build-confirm.ts";
import { buildReboot } from "../../src/apply/build-reboot.ts";
import { debian } from "../../src/lab/kinds/debian.ts";
import { el6 } from "../../src/lab/kinds/enterprise-linux.ts";
import { alpine } from "../../src/lab/kinds/others.ts";
import { cutOff, flaky } from "../../src/lab/kinds/troubles.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { BootId, HostPath, RunId, SysctlKey } from "../../src/model/brand.ts";
import { onHost, ssh } from "./ssh.ts";

const kinds = [debian, el6, alpine, flaky, cutOff];
const [nonce, token] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
const file = "etc/sysctl.d/90-new.conf";
const key = "net.netfilter.nf_conntrack_generic_timeout";
const value = `proc/sys/${key.replaceAll(".", "/")}`;
const bootId = "proc/sys/kernel/random/boot_id";

let lab: Lab;
let runs = 0;
beforeAll(async () => {
  lab = await startLab({ kinds });
});
afterAll(() => lab.stop());

/** A change of one file and one value, which waits for its confirmation. */
const change = async (host: string, { seconds = 60, afterReboot }: { seconds?: number; afterReboot?: number } = {}) => {
  const run = `20260101T000000Z-00${String(++runs).padStart(2, "0")}` as RunId;
  const root = lab.hosts.find(({ kind }) => kind.name === host)!.root;
  // Some do not load it at boot.
  const [before, boot] = (await onHost(lab, host, `modprobe nf_conntrack; cat ${value} ${bootId}`)).split("\n") as [
    string,
    string,
  ];
  const write = {
    ...({ kind: "write", task: "t", path: `/${file}` as HostPath, text: `${key} = 77\n`, mode: 0o644 } as const),
    ...{ uid: 0, gid: 0, secrets: [], before: undefined, from: { kind: "absent" } as const },
  };
  const set = { kind: "set", task: "t", key: key as SysctlKey, from: before, to: "77" } as const;
  const input = buildApply({
    ...{ nonce, run, root, owner: "test@lab", actions: [write, set] },
    confirm: { token, seconds, afterReboot },
  });
  const ran = await ssh(lab, { host, input });
  return { run, root, ran, before, boot: boot as BootId };
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").replace(/^(\d+)\n$/, "$1");
  } catch {
    return undefined;
  }
};

/** What a host has now, read from its files: some of them cannot be reached. */
const now = (host: string) => {
  const root = lab.hosts.find(({ kind }) => kind.name === host)!.root;
  return {
    file: read(`${root}/${file}`),
    value: read(`${root}/${value}`),
    pending: read(`${root}/var/lib/ctfleet/pending`),
  };
};

describe.each(["debian", "el6", "alpine"])("a practice host (%s)", (host) => {
  it("puts a change back that nobody has confirmed", async () => {
    const { before, ran } = await change(host, { seconds: 2 });
    expect(ran.stdout).toMatch(/ armed \d+\n(systemd|process) /);
    expect(now(host)).toMatchObject({ file: `${key} = 77\n`, value: "77" });
    await expect
      .poll(() => now(host), { timeout: 20_000 })
      .toEqual({ file: undefined, value: before, pending: undefined });
  });

  it("puts files and values back where it goes down unconfirmed", async () => {
    const { before } = await change(host);
    await ssh(lab, { host, input: "reboot" });
    await expect.poll(() => now(host), { timeout: 20_000 }).toMatchObject({ file: undefined, pending: undefined });
    await expect.poll(async () => (await ssh(lab, { host, input: `cat ${bootId}` })).status).toBe(0);
    expect(now(host).value).not.toBe("77");
    expect(before).not.toBe("77");
  });

  it("keeps them over a reboot of ours, and waits for the confirmation", async () => {
    const { run, root, boot, ran } = await change(host, { afterReboot: 60 });
    expect(ran.stdout).toContain(" armed ");
    const { stdout } = await ssh(lab, { host, input: buildReboot({ nonce, run, root, from: boot }) });
    expect(stdout).toContain(" triggered ");
    await expect
      .poll(async () => (await ssh(lab, { host, input: `cat ${bootId}` })).stdout.trim(), { timeout: 20_000 })
      .not.toMatch(new RegExp(`^(${boot})?$`));
    expect(now(host)).toMatchObject({ file: `${key} = 77\n`, pending: expect.stringContaining(run) as string });
    expect(await onHost(lab, host, buildConfirm({ nonce, run, root, token }))).toContain(" confirmed ");
    expect(now(host)).toMatchObject({ file: `${key} = 77\n`, pending: undefined });
    expect(await onHost(lab, host, "find etc -name '*ctfleet*'")).toBe("");
    await onHost(lab, host, `rm -f ${file}`);
  });
});

describe("a practice host with trouble", () => {
  it("loses contact with a change, and is there again a little later", async () => {
    const { ran } = await change("flaky");
    expect(ran.status).toBe(255);
    await expect.poll(async () => (await ssh(lab, { host: "flaky", input: ":" })).status, { timeout: 20_000 }).toBe(0);
    expect(now("flaky").value).toBe("77");
  });

  it("is cut off by its change until it has put that back", async () => {
    const { ran, before } = await change("cut-off", { seconds: 3 });
    expect(ran.status).toBe(255);
    expect((await ssh(lab, { host: "cut-off", input: ":" })).status).toBe(255);
    await expect
      .poll(async () => (await ssh(lab, { host: "cut-off", input: ":" })).status, { timeout: 20_000 })
      .toBe(0);
    expect(now("cut-off")).toEqual({ file: undefined, value: before, pending: undefined });
  });
});
