import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildProbe } from "../src/facts/probe.ts";
import type { HostPath } from "../src/model/brand.ts";
import { startSshd } from "../test/support/sshd.ts";
import type { BareJob } from "./bare-loop.ts";
import { type Cost, costOf, median } from "./cost.ts";

// One audit of real sshd against a bare ssh2 loop that sends the same script, in turn, as whole processes. Ratios of one
// run are what counts: the machine is shared by the controller and the hosts, and its speed drifts.

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const dist = import.meta.dirname;
const playbook = join(dist, "../playbooks/raise-ceiling.yaml");
const managed = [
  "/etc/modprobe.d/nf_conntrack.conf",
  "/etc/modprobe.d/nfconntrack.conf",
  "/etc/modules-load.d/nf_conntrack.conf",
  "/etc/sysconfig/modules/nf_conntrack.modules",
  "/etc/sysctl.d/99-zz-nf_conntrack.conf",
  "/etc/sysctl.conf",
  "/etc/sysconfig/iptables-config",
] as HostPath[];

const sshd = await startSshd({ count: 80 });
try {
  const prepare = async (count: number) => {
    const hosts = sshd.hosts.slice(0, count);
    const inventory = join(sshd.folder, `inventory-${count}.yaml`);
    const lines = hosts.map(
      ({ address, port }, at) => `    h${at}: { ansible_host: ${address}, ansible_port: ${port} }\n`,
    );
    await writeFile(
      inventory,
      `all:\n  vars: { ansible_user: root, ansible_ssh_private_key_file: ${sshd.clientKey} }\n  hosts:\n${lines.join("")}`,
    );
    const job: BareJob = {
      targets: hosts.map(({ address, port }) => ({ host: address, port })),
      keyFile: sshd.clientKey,
      forks: count,
      script: buildProbe({
        nonce: randomBytes(16).toString("hex"),
        root: "",
        files: managed,
        owners: { users: [], groups: [] },
        asks: [],
      }),
    };
    const jobFile = join(sshd.folder, `job-${count}.json`);
    await writeFile(jobFile, JSON.stringify(job));
    const reach = ["-i", inventory, "--known-hosts", sshd.knownHostsFile, "-f", String(count), "--output", "json"];
    return {
      ours: ["node", join(dist, "ctfleet.js"), "audit", playbook, ...reach],
      bare: ["node", join(dist, "bare-loop.js"), jobFile],
    };
  };
  // Changes are pending on the hosts: exit 2.
  const pair = async (count: number) => {
    const { ours, bare } = await prepare(count);
    await costOf(bare);
    await costOf(ours, [2]);
    const all: { readonly ours: Cost; readonly bare: Cost }[] = [];
    for (let round = 0; round < rounds; round++) all.push({ bare: await costOf(bare), ours: await costOf(ours, [2]) });
    return all;
  };
  const [twenty, forty, eighty] = [await pair(20), await pair(40), await pair(80)];

  const middle = (runs: typeof twenty, who: "ours" | "bare", what: keyof Cost) =>
    median(runs.map((run) => run[who][what]));
  const slope = (who: "ours" | "bare") => (middle(eighty, who, "cpu") - middle(twenty, who, "cpu")) / 60;
  const walls = forty.map((run) => run.ours.wall / run.bare.wall).sort((a, b) => a - b);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const milliseconds = (value: number) => `${(value * 1000).toFixed(1)} ms`;

  say(
    `${rounds} rounds, medians; node ${process.version}; ctfleet and the bare loop in turn, on the machine that runs the hosts`,
  );
  say("");
  say("| what | ctfleet | bare loop | ratio |");
  say("|---|---|---|---|");
  say(
    `| audit of 40 real sshd, wall | ${seconds(middle(forty, "ours", "wall"))} | ${seconds(middle(forty, "bare", "wall"))} | ` +
      `${median(walls).toFixed(2)} (${walls[0]?.toFixed(2)} to ${walls.at(-1)?.toFixed(2)}) |`,
  );
  say(
    `| controller CPU per host, slope from 20 to 80 | ${milliseconds(slope("ours"))} | ${milliseconds(slope("bare"))} | ${(slope("ours") / slope("bare")).toFixed(2)} |`,
  );
  const startUp = (who: "ours" | "bare") => middle(twenty, who, "cpu") - 20 * slope(who);
  say(
    `| start-up CPU (what is left at no host) | ${milliseconds(startUp("ours"))} | ${milliseconds(startUp("bare"))} | ${(startUp("ours") / startUp("bare")).toFixed(2)} |`,
  );
  const alone = async (words: readonly string[]) => {
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) all.push((await costOf(words)).wall);
    return median(all);
  };
  const [version, node] = [
    await alone(["node", join(dist, "ctfleet.js"), "--version"]),
    await alone(["node", "-e", "0"]),
  ];
  say(
    `| \`ctfleet --version\` against \`node -e 0\`, wall | ${milliseconds(version)} | ${milliseconds(node)} | ${(version / node).toFixed(2)} |`,
  );
} finally {
  await sshd.stop();
}
