import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Cost, costOf, median } from "./cost.ts";

// What an inventory costs: whole processes of `inventory list`, by number of hosts and by form, against a Node that does
// nothing and against ansible-inventory on the same file.

const execute = promisify(execFile);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const ctfleet = join(import.meta.dirname, "ctfleet.js");
const groups = 200;

const hostsOf = (count: number): readonly (readonly string[])[] =>
  Array.from({ length: groups }, (_, group) =>
    Array.from({ length: count / groups }, (_, at) => `host-${group}-${at}.example.net`),
  );

const forms = {
  yaml: (count: number): string => {
    const bodies = hostsOf(count).map((names, group) => {
      const hosts = names.map(
        (name, at) =>
          `        ${name}:\n          ansible_host: 10.${group}.${at >> 8}.${at & 255}\n          rack: r${at}\n`,
      );
      return `    group${group}:\n      vars:\n        site: s${group}\n      hosts:\n${hosts.join("")}`;
    });
    return `all:\n  children:\n${bodies.join("")}`;
  },
  ini: (count: number): string =>
    hostsOf(count)
      .map((names, group) => {
        const lines = names.map((name, at) => `${name} ansible_host=10.${group}.${at >> 8}.${at & 255} rack=r${at}\n`);
        return `[group${group}]\n${lines.join("")}\n[group${group}:vars]\nsite=s${group}\n\n`;
      })
      .join(""),
};

/** Kilobytes of the largest resident set of a process. */
const residentOf = async (words: readonly string[]): Promise<number> => {
  const watch =
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); " +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  return Number((await execute("python3", ["-c", watch, ...words])).stdout);
};

const costs = async (words: readonly string[], times = rounds): Promise<Cost> => {
  const all: Cost[] = [];
  for (let round = 0; round < times; round += 1) all.push(await costOf(words));
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)) };
};

const row = (name: string, { wall, cpu }: Cost, more = ""): void => {
  console.log(`${name.padEnd(34)} wall ${wall.toFixed(2)} s  CPU ${cpu.toFixed(2)} s  ${more}`);
};

const folder = await mkdtemp(join(tmpdir(), "ctfleet-bench-"));
try {
  const nothing = await costs(["node", "-e", "0"]);
  row("node -e 0", nothing);
  for (const [form, make] of Object.entries(forms))
    for (const count of [2_500, 5_000, 10_000]) {
      const file = join(folder, `${count}.${form === "ini" ? "hosts" : "yaml"}`);
      await writeFile(file, make(count));
      const list = ["node", ctfleet, "inventory", "list", "-i", file, "--playbook-dir", folder];
      const resident = await residentOf(list);
      row(
        `${form}, ${count} hosts in ${groups} groups`,
        await costs(list),
        `resident ${Math.round(resident / 1024)} MiB`,
      );
    }
  const file = join(folder, "10000.yaml");
  const list = ["node", ctfleet, "inventory", "list", "-i", file, "--output", "json", "--playbook-dir", folder];
  const ours = await costs(list);
  const theirs = await costs(["ansible-inventory", "-i", file, "--list"], 1).catch(() => undefined);
  row("JSON of the 10000.yaml", ours);
  if (theirs === undefined) console.log("ansible-inventory is not here");
  else row("ansible-inventory of the same", theirs, `ratio of wall times ${(ours.wall / theirs.wall).toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true });
}
