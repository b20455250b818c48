import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ctfleet, ctfleetJson } from "../support/ctfleet.ts";
import { kernelValues, restoreKernel } from "../support/kernel.ts";
import { type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";

const shipped = join(import.meta.dirname, "../../playbooks");

let sshd: Sshd;
let one: SshdHost;
let two: SshdHost;
let reach: readonly string[];
let play: string;
const before = kernelValues();

/**
 * What the host has written since it came up, wherever it was: the upper layers of its overlays and its own /tmp, each
 * file with mode, owner, content and times of change (no write can put ctime back). Left out: sshd's records of logins,
 * and what root's own shell start-up files do on this machine at each login.
 */
const treeOf = (host: SshdHost) =>
  host.run(
    `cd ${sshd.folder} && find host*/tmpfs/*/upper /tmp ! -path '*_log/upper*' ! -path '*_root/upper' ! -path '*/.pyenv*' ` +
      "-printf '%p %m %u %g %s %T@ %C@ %l\\n' | sort; " +
      "find host*/tmpfs/*/upper /tmp -type f ! -path '*_log/upper*' ! -path '*/.pyenv*' -exec sha256sum {} + | sort",
  );

beforeAll(async () => {
  sshd = await startSshd({ count: 2 });
  [one, two] = sshd.hosts as [SshdHost, SshdHost];
  const hosts = { one, two };
  const lines = Object.entries(hosts).map(
    ([name, { address, port }]) => `        ${name}: { ansible_host: ${address}, ansible_port: ${port} }`,
  );
  const inventory = join(sshd.folder, "inventory.yaml");
  await writeFile(
    inventory,
    `all:\n  vars: { ansible_user: root, ansible_ssh_private_key_file: ${sshd.clientKey} }\n  children:\n    gateways:\n      hosts:\n${lines.join("\n")}\n`,
  );
  reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile];
  play = join(sshd.folder, "play.yaml");
  await mkdir(join(sshd.folder, "templates"));
  await writeFile(join(sshd.folder, "templates/max.hbs"), "{{#each conntrack.keys}}\n{{@key}} = {{this}}\n{{/each}}\n");
  await writeFile(
    play,
    `- name: A little more
  hosts: gateways
  serial: 1
  tasks:
    - conntrack: { size: { rule: fixed, max: ${before.max + 4096}, buckets: ${before.hashsize} }, timeouts: { generic: 120 } }
    - template: { src: max.hbs, dest: /etc/sysctl.d/90-nf_conntrack.conf, mode: "0644" }
    - settings: { path: /etc/sysctl.conf, absent: [net.netfilter.nf_conntrack_max] }
    - activate: live
    - verify: [facts.conntrack.max == ${before.max + 4096}]
`,
  );
});
afterAll(async () => {
  restoreKernel(before);
  await sshd.stop();
});
beforeEach(() => restoreKernel(before));

describe("two real hosts with differing files", () => {
  it("are audited without a trace, changed in one apply, and then stay as they are", async () => {
    await one.writeFile("/etc/sysctl.conf", "# mine\nnet.netfilter.nf_conntrack_max = 1000\n", 0o640);
    const trees = await Promise.all([treeOf(one), treeOf(two)]);

    const audit = await ctfleetJson(["audit", play, ...reach]);
    expect(audit).toMatchObject({ schema: 1, command: "audit", exit: 2, summary: { drifted: 2 } });
    expect(audit.ran.exit).toBe(2);
    expect(audit.hosts.map((host) => host.name)).toEqual(["one", "two"]);
    expect(await Promise.all([treeOf(one), treeOf(two)])).toEqual(trees);

    const plan = await ctfleet(["plan", play, ...reach]);
    expect(plan.exit).toBe(2);
    expect(plan.stdout).toContain("-net.netfilter.nf_conntrack_max = 1000");
    expect(await Promise.all([treeOf(one), treeOf(two)])).toEqual(trees);

    const applied = await ctfleetJson(["apply", play, ...reach, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, summary: { changed: 2 } });
    expect(kernelValues().max).toBe(before.max + 4096);
    expect(await one.readFile("/etc/sysctl.conf")).toBe("# mine\n");
    expect((await one.run("stat -c %a /etc/sysctl.conf")).trim()).toBe("640");
    expect(await two.readFile("/etc/sysctl.d/90-nf_conntrack.conf")).toBe(
      `net.netfilter.nf_conntrack_max = ${before.max + 4096}\nnet.netfilter.nf_conntrack_generic_timeout = 120\n`,
    );
    expect(await one.run("grep -rl 'nf_conntrack_max = 1000' /var/lib/ctfleet")).toContain(applied.run);
    expect((await one.run("stat -c %a /var/lib/ctfleet")).trim()).toBe("700");

    expect((await ctfleet(["audit", play, ...reach])).exit).toBe(0);
    const quiet = await ctfleet(["drift", play, ...reach]);
    expect(quiet).toEqual({ exit: 0, stdout: "", stderr: "" });

    const after = await Promise.all([treeOf(one), treeOf(two)]);
    expect(await ctfleetJson(["apply", play, ...reach, "--yes"])).toMatchObject({ exit: 0, summary: { compliant: 2 } });
    expect(await Promise.all([treeOf(one), treeOf(two)])).toEqual(after);
  });

  it("drift says a line for a host that somebody changed, and exits 2", async () => {
    await ctfleet(["apply", play, ...reach, "--yes"]);
    await two.run("echo '# by hand' >> /etc/sysctl.d/90-nf_conntrack.conf");
    const drift = await ctfleet(["drift", play, ...reach]);
    expect(drift.exit).toBe(2);
    expect(drift.stdout).toMatch(/^two\s+drifted/m);
    expect(drift.stdout).not.toMatch(/^one/m);
  });

  it("are not changed without --yes where there is nobody to ask", async () => {
    await one.run("echo x >> /etc/sysctl.d/90-nf_conntrack.conf");
    const trees = await treeOf(one);
    const ran = await ctfleet(["apply", play, ...reach]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("--yes");
    expect(await treeOf(one)).toEqual(trees);
  });
});

describe("a host on which somebody followed the runbook of 2016", () => {
  it("converges in one apply of the shipped play, and stays converged", async () => {
    await two.run("rm -f /etc/sysctl.d/90-nf_conntrack.conf");
    await two.writeFile("/etc/modprobe.d/nfconntrack.conf", "options nf_conntrack hashsize=245760\n");
    await two.writeFile(
      "/etc/sysctl.conf",
      "kernel.sysrq = 0\nnet.netfilter.nf_conntrack_max=1966080\nnet.netfilter.nf_conntrack_count = 9000\n",
    );
    const raise = join(shipped, "raise-ceiling.yaml");
    const only = [...reach, "-l", "two"];
    const audit = await ctfleetJson(["audit", raise, ...only]);
    expect(audit.exit).toBe(2);
    expect(audit.hosts[0]?.findings.map((found) => found.code)).toContain("CT401");

    expect(await ctfleetJson(["apply", raise, ...only, "--yes"])).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await two.readFile("/etc/sysctl.conf")).toBe("kernel.sysrq = 0\n");
    expect(await two.readFile("/etc/sysctl.d/99-zz-nf_conntrack.conf")).toContain(
      `nf_conntrack_max = ${kernelValues().max}`,
    );
    expect(await two.run("ls /etc/modprobe.d")).not.toContain("nfconntrack.conf");

    expect((await ctfleet(["audit", raise, ...only])).exit).toBe(0);
    expect(await ctfleetJson(["apply", raise, ...only, "--yes"])).toMatchObject({ exit: 0, summary: { compliant: 1 } });
  });
});
