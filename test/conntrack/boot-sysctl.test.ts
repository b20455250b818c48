import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { predictBoot } from "../../src/conntrack/predict.ts";
import type { SysctlKey } from "../../src/model/brand.ts";
import type { Facts } from "../../src/model/facts.ts";
import { inTrees, type Tree, treeFacts } from "../support/boot-trees.ts";
import type { HostStory } from "../support/host-story.ts";

const cases = parse(readFileSync(join(import.meta.dirname, "../cases/boot/sysctl.yaml"), "utf8")) as readonly (Tree & {
  /** Judges that the facts are not enough for here. */
  readonly except?: readonly string[];
})[];
const bare: Tree = { name: "no files", files: {} };

/** Every conntrack key of the namespace with its value, by one process. */
const show = "grep -s '' /proc/sys/net/netfilter/nf_conntrack_*";

/** These belong to the first namespace, and can only be read in others. */
const shared = /^nf_conntrack_(?:max|buckets|count|expect_max)$/;

// Alpine's script for busybox, written anew: folder by folder, hidden by /etc and /run.
const alpine = `
apply() { [ -f "$1" ] && busybox sysctl -p "$1"; }
hidden() { for d in $2; do [ -f "/$d/sysctl.d/\${1##*/}" ] && return 0; done; return 1; }
for f in /usr/lib/sysctl.d/*.conf; do hidden "$f" 'etc run' || apply "$f"; done
for f in /etc/sysctl.d/*.conf; do hidden "$f" run || apply "$f"; done
apply /etc/sysctl.conf
for f in /run/sysctl.d/*.conf; do apply "$f"; done`;

type Judge = { readonly name: string; readonly run: string; readonly story: HostStory };
const judges: readonly Judge[] = [
  { name: "systemd-sysctl", run: "/usr/lib/systemd/systemd-sysctl", story: { init: "systemd" } },
  { name: "sysctl --system", run: "sysctl -q --system >/dev/null", story: { init: "sysv" } },
  { name: "busybox sysctl", run: `{ ${alpine}\n} >/dev/null`, story: { init: "openrc", os: "alpine" } },
];

const valuesIn = (printed: string): ReadonlyMap<string, number> =>
  new Map(
    [...printed.matchAll(/\/(nf_conntrack_\w+):(-?\d+)$/gm)]
      .map(([, key = "", value = ""]) => [key, Number(value)] as const)
      .filter(([key]) => !shared.test(key)),
  );

describe.each(judges)("$name leaves what is predicted", ({ name, run, story }) => {
  const trees = cases.filter(({ except = [] }) => !except.includes(name));
  const [first = "", ...printed] = inTrees([bare, ...trees], `${run}\n${show}`);
  const fresh = valuesIn(first);
  const keys = Object.fromEntries([...fresh].map(([key, value]) => [key.replace("nf_conntrack_", ""), value]));
  const host: HostStory = { ...story, kernel: release(), state: "builtin", keys };
  it.each(trees.map((tree, index) => [tree.name, tree, printed[index] ?? ""] as const))("%s", (_, tree, text) => {
    const actual = valuesIn(text);
    const facts = treeFacts(tree, host);
    expect(actual.size).toBe(fresh.size);
    expect(predicted(facts, actual)).toEqual(Object.fromEntries(actual));
  });
});

/** What is predicted for the keys that were seen; a default that is not known is taken from what was seen. */
const predicted = (facts: Facts, actual: ReadonlyMap<string, number>) => {
  const { keys } = predictBoot(facts);
  return Object.fromEntries(
    [...actual].map(([name, seen]) => {
      const one = keys.get(`net.netfilter.${name}` as SysctlKey);
      return [name, one?.value ?? (/default is not known/.test(one?.because ?? "") ? seen : one?.because)];
    }),
  );
};
