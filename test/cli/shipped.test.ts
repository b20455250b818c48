import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ctfleet, ctfleetJson } from "../support/ctfleet.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";

let sshd: Sshd;
let reach: readonly string[];
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  const { address, port } = sshd.hosts[0]!;
  const inventory = join(sshd.folder, "inventory.yaml");
  await writeFile(
    inventory,
    `all: { hosts: { one: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: root } } }\n`,
  );
  reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "--private-key", sshd.clientKey];
  // A finding that does not depend on this machine's kernel: a key that no kernel takes.
  await sshd.hosts[0]!.writeFile("/etc/sysctl.conf", "net.netfilter.nf_conntrack_count = 9000\n");
});
afterAll(() => sshd.stop());

it("audit without a playbook looks for findings and plans nothing", async () => {
  const report = await ctfleetJson(["audit", ...reach]);
  expect(report).toMatchObject({ exit: 2, ran: { exit: 2 }, summary: { compliant: 1 } });
  expect(report.hosts[0]).toMatchObject({ name: "one", outcome: "compliant", actions: [] });
  expect(report.hosts[0]?.findings.map(({ code }) => code)).toContain("CT401");
});

it("drift without a playbook prints the host that has a finding", async () => {
  const { exit, stdout } = await ctfleet(["drift", ...reach]);
  expect(exit).toBe(2);
  expect(stdout).toMatch(/^one\s+compliant\s+nothing to change/m);
  expect(stdout).toContain("CT401");
});
