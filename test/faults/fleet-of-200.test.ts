import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Kind } from "../../src/lab/kind.ts";
import { cutOff } from "../../src/lab/kinds/troubles.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { JsonReport } from "../support/ctfleet.ts";
import { reportOf, startController } from "./kit/controller.ts";

const size = 200;
const batch = 20;
const file = "etc/sysctl.d/90-faults.conf";

/** 7 in 100, in five ways, and none of the first batch: a canary that fails stops everything. */
const troubles = ["closed", "other key", "cut off", "read-only", "odd target"] as const;
const troubleOf = (at: number): (typeof troubles)[number] | undefined =>
  at >= batch && at % 13 === 0 ? troubles[(at / 13) % troubles.length] : undefined;
const numbers = Array.from({ length: size }, (_, at) => at);
const faulty = numbers.filter((at) => troubleOf(at) !== undefined);

const nameOf = (at: number): string => `host-${String(at).padStart(3, "0")}`;
const kindOf = (at: number): Kind => ({
  ...cutOff,
  name: nameOf(at),
  deafAfterChange: troubleOf(at) === "cut off" ? "reverted" : undefined,
});

let lab: Lab;
let folder: string;
const root = (at: number): string => lab.hosts[at]!.root;

const harm = async (at: number): Promise<void> => {
  switch (troubleOf(at)) {
    case "closed":
      await lab.hosts[at]!.stop();
      return;
    case "read-only":
      await chmod(join(root(at), "etc/sysctl.d"), 0o555);
      return;
    case "odd target":
      await mkdir(join(root(at), file));
      return;
    case "other key": {
      const text = await readFile(lab.files.knownHosts, "utf8");
      const [mine, other] = [lab.hosts[at]!, lab.hosts[0]!];
      await writeFile(
        lab.files.knownHosts,
        text.replace(`:${mine.port} ${mine.publicKey}`, `:${mine.port} ${other.publicKey}`),
      );
      return;
    }
    case "cut off":
    case undefined:
  }
};

beforeAll(async () => {
  lab = await startLab({ kinds: numbers.map(kindOf) });
  folder = lab.dir;
  for (const at of faulty) await harm(at);
});
afterAll(() => lab.stop());

type Rolling = { readonly maxFail: string; readonly serial: string; readonly confirm: string };

const apply = async ({ maxFail, serial, confirm }: Rolling): Promise<JsonReport> => {
  const play = join(folder, "play.yaml");
  await writeFile(
    play,
    `- name: Two hundred hosts
  hosts: all
  serial: ${serial}
  max_fail_percentage: 100
  max_fail: ${maxFail}
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - settings: { path: /${file}, set: { net.netfilter.nf_conntrack_generic_timeout: 120 } }
    - activate: { with: live, confirm_within: ${confirm} }
`,
  );
  const words = ["apply", play, "--yes", "-i", lab.files.inventory, "--known-hosts", lab.files.knownHosts];
  const request = { state: join(folder, "state") };
  return reportOf(await startController([...words, "--output", "json", "--connect-timeout", "2"], request).ended);
};

/** All at once: it takes a while until each of them is confirmed. */
const all: Rolling = { maxFail: "10%", serial: '"100%"', confirm: "45s" };

const namesOf = ({ hosts }: JsonReport, ...outcomes: readonly string[]): readonly string[] =>
  hosts.filter(({ outcome }) => outcomes.includes(outcome)).map(({ name }) => name);
const failed = ["failed", "unreachable", "reverted", "unknown"];
const sum = (counts: { readonly [outcome: string]: number }): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);
const trees = () => Promise.all(numbers.map((at) => readFile(join(root(at), file), "utf8").catch(() => undefined)));

describe("two hundred hosts, of which one in fourteen is faulty in one of five ways", { timeout: 420_000 }, () => {
  it("stop where more fail than the budget has, and the hosts after that are untouched", async () => {
    expect(faulty).toHaveLength(14);
    const report = await apply({ maxFail: "5%", serial: String(batch), confirm: "15s" });
    expect([report.exit, sum(report.summary), report.hosts.map(({ name }) => name)]).toEqual([
      3,
      size,
      numbers.map(nameOf),
    ]);
    // The eleventh failure is one too many: the batch that it is in is finished.
    const last = Math.floor(faulty[10]! / batch) * batch + batch;
    const expected = faulty.filter((at) => at < last).map(nameOf);
    expect(namesOf(report, ...failed).filter((name) => name < nameOf(last))).toEqual(expected);
    expect(namesOf(report, "changed")).toEqual(
      numbers.filter((at) => at < last && troubleOf(at) === undefined).map(nameOf),
    );
    expect((await trees()).slice(last).filter((text) => text !== undefined)).toEqual([]);
  });

  it("are all tried where the budget has room, and then stay as they are: two runs in a row converge", async () => {
    const first = await apply(all);
    expect(sum(first.summary)).toBe(size);
    expect(namesOf(first, ...failed)).toEqual(faulty.map(nameOf));
    const before = await trees();
    const second = await apply(all);
    expect(second.summary.changed).toBeUndefined();
    expect(namesOf(second, "compliant")).toEqual(numbers.filter((at) => troubleOf(at) === undefined).map(nameOf));
    expect(namesOf(second, ...failed)).toEqual(faulty.map(nameOf));
    expect(await trees()).toEqual(before);
  });
});
