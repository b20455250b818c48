import { afterAll, beforeAll, expect, it } from "vitest";
import { parseFacts } from "../../src/facts/parse.ts";
import { buildProbe } from "../../src/facts/probe.ts";
import { tour } from "../../src/lab/kinds.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { Facts } from "../../src/model/facts.ts";
import { valueOf } from "../../src/model/reading.ts";
import { ssh } from "./ssh.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ kinds: tour });
});
afterAll(() => lab.stop());

const gather = async (host: string): Promise<Facts> => {
  const root = lab.hosts.find(({ kind }) => kind.name === host)!.root;
  const owners = { users: [], groups: [] };
  const request = { nonce: "0123456789abcdef0123456789abcdef", root, files: [], asks: [], owners };
  const { status, stdout } = await ssh(lab, { host, input: buildProbe(request) });
  expect(status).toBe(0);
  const parsed = parseFacts(Buffer.from(stdout), request);
  if (parsed.kind === "garbled") throw new Error(`${host}: ${parsed.because}`);
  return parsed.facts;
};

/** What a person would say of a host after a look at it. */
const told = ({ conntrack, guest, init, firewall, machine, log, kernel }: Facts) => {
  const usage = valueOf(conntrack.usage);
  return {
    state: valueOf(conntrack.state),
    family: valueOf(conntrack.family),
    writable: valueOf(conntrack.writable),
    usage: usage === undefined ? undefined : Math.round(usage * 100),
    guest: valueOf(guest.container),
    init: valueOf(init),
    firewall: valueOf(firewall.service),
    bits: valueOf(machine.wordBits),
    fresh: valueOf(log.recent),
    kernel: valueOf(kernel.release)?.match(/^\d+\.\d+/)?.[0],
  };
};

const usual = { state: "module", family: "nf", writable: true, guest: "none", init: "systemd", bits: 64, fresh: 0 };

it.each([
  ["debian", { ...usual, usage: 26, firewall: "nftables", kernel: "6.1" }],
  ["debian-full", { ...usual, usage: 100, firewall: "nftables", kernel: "6.1", fresh: 3 }],
  ["ubuntu", { ...usual, usage: 92, firewall: "ufw", kernel: "5.15" }],
  ["el7-runbook", { ...usual, usage: 36, firewall: "iptables-services", kernel: "3.10" }],
  ["el6", { ...usual, usage: 100, firewall: "iptables-services", init: "sysv", kernel: "2.6", fresh: 2 }],
  [
    "el5-old-names",
    { ...usual, family: "ip", usage: 14, firewall: "iptables-services", init: "sysv", bits: 32, kernel: "2.6" },
  ],
  ["el8-no-return", { ...usual, usage: 34, firewall: "firewalld", kernel: "4.18" }],
  [
    "alpine",
    {
      ...usual,
      state: "unloaded",
      writable: undefined,
      usage: undefined,
      firewall: "none",
      init: "openrc",
      kernel: "6.6",
    },
  ],
  [
    "container",
    { ...usual, writable: false, usage: 0, guest: "lxc", firewall: "none", fresh: undefined, kernel: "5.15" },
  ],
  [
    "openvz",
    { ...usual, writable: false, usage: 1, guest: "openvz", firewall: "none", fresh: undefined, kernel: "3.10" },
  ],
  ["kube-node", { ...usual, usage: 30, firewall: "none", kernel: "5.15" }],
  ["built-in", { ...usual, state: "builtin", usage: 3, firewall: "none", kernel: "6.6" }],
])("tells the probe what %s is", async (host, expected) => {
  expect(told(await gather(host))).toEqual(expected);
});

it("shows what else the audit goes by", async () => {
  const kube = await gather("kube-node");
  expect(valueOf(kube.rivals)).toContain("kube-proxy");
  const el7 = await gather("el7-runbook");
  expect(valueOf(el7.memory.installed)).toBe(60 * 2 ** 30);
  expect(valueOf(el7.conntrack.objectSize)).toBe(320);
  expect(el7.config.lines.map(({ file }) => file)).toContain("/etc/modprobe.d/nfconntrack.conf");
  const full = await gather("debian-full");
  expect(valueOf(full.conntrack.statistics)?.get("drop")).toBe(48211);
  expect(valueOf((await gather("el5-old-names")).memory.low)).toBe(719 * 2 ** 20);
  expect(valueOf((await gather("el8-no-return")).selinux)).toBe("enforcing");
});
