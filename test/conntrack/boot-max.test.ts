import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { predictBoot } from "../../src/conntrack/predict.ts";
import { inTrees, type Tree, treeFacts } from "../support/boot-trees.ts";

const cases = parse(readFileSync(join(import.meta.dirname, "../cases/boot/max.yaml"), "utf8")) as readonly Tree[];

// Every process here has the one table size of this machine: the readers say what they would write, and write nothing.
const judges = [
  {
    name: "systemd-sysctl",
    run: `mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys || exit 1
      SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console /usr/lib/systemd/systemd-sysctl 2>&1
      umount /proc/sys`,
    line: /Setting '\S*\/nf_conntrack_max' to '(\d+)'/g,
    init: "systemd",
  },
  {
    name: "sysctl --system",
    run: "sysctl --dry-run --system",
    line: /nf_conntrack_max = (\d+)/g,
    init: "sysv",
  },
] as const;

describe.each(judges)("the size that $name writes last is the predicted one", ({ run, line, init }) => {
  const printed = inTrees(cases, run, "first");
  it.each(cases.map((tree, index) => [tree.name, tree, printed[index] ?? ""] as const))("%s", (_, tree, text) => {
    const last = [...text.matchAll(line)].at(-1)?.[1];
    const facts = treeFacts(tree, { init, kernel: release(), state: "builtin" });
    expect(last).toBeDefined();
    expect(predictBoot(facts).max.value).toBe(Number(last));
  });
});
