import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctfleetJson } from "../support/ctfleet.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";

let sshd: Sshd;
let reach: readonly string[];
let play: string;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  const [{ address, port }] = sshd.hosts as [Sshd["hosts"][number]];
  const inventory = join(sshd.folder, "inventory.yaml");
  await writeFile(
    inventory,
    `all: { hosts: { one: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: deploy } } }\n`,
  );
  reach = ["-i", inventory, "-F", "none", "--known-hosts", sshd.knownHostsFile, "--private-key", sshd.clientKey];
  play = join(sshd.folder, "play.yaml");
  await writeFile(
    play,
    "- hosts: all\n  tasks: [{ settings: { path: /etc/sysctl.conf, set: { kernel.sysrq: 1 } } }]\n",
  );
});
afterAll(() => sshd.stop());

describe("a login that is not root's", () => {
  it("is told in the plan, and by apply before anything is sent", async () => {
    const plan = await ctfleetJson(["plan", play, ...reach]);
    expect(plan.hosts[0]).toMatchObject({
      outcome: "drifted",
      findings: expect.arrayContaining([expect.objectContaining({ code: "CT607" })]) as unknown,
    });
    const applied = await ctfleetJson(["apply", play, "--yes", ...reach]);
    expect(applied.hosts[0]).toMatchObject({ outcome: "failed", failure: { code: "needs_root" } });
    expect(applied.exit).toBe(3);
  });

  it("changes the host where it becomes root", async () => {
    const applied = await ctfleetJson(["apply", play, "--yes", "-b", ...reach]);
    expect(applied.hosts[0]).toMatchObject({ outcome: "changed" });
    expect(await sshd.hosts[0]!.readFile("/etc/sysctl.conf")).toContain("kernel.sysrq = 1");
  });
});
