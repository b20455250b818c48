import type { Host } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { globMatcher } from "./glob.ts";
import { hostNamesIn, type Inventory } from "./inventory.ts";
import { sliced, splitPattern, splitSlice } from "./pattern.ts";
import { regexMatcher } from "./regex.ts";

export type Selection =
  /** `unmatched`: the parts that name nothing known, as written; Ansible warns of them and goes on. */
  | { readonly kind: "ok"; readonly hosts: readonly Host[]; readonly unmatched: readonly string[] }
  | { readonly kind: "fault"; readonly because: string };

type Matcher = { readonly kind: "matcher"; readonly matches: (name: string) => boolean };
type Fault = { readonly kind: "fault"; readonly because: string };

const longestPattern = 100_000;

/**
 * The hosts that a pattern of Ansible's names, in the order in which `ansible --list-hosts` has them (part after part, so
 * that `canary:all` begins with the canaries; within a part, inventory order): `all`, `*`, names, groups, globs, `~regex`, slices
 * (`web[0:2]`), joined by `a:b` or `a,b`, `a:&b`, `a:!b`.
 */
export const selectHosts = (inventory: Inventory, pattern: string): Selection => {
  if (pattern.length > longestPattern)
    return { kind: "fault", because: `the pattern is longer than ${longestPattern} characters` };
  const byName = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  const unmatched: string[] = [];
  let selected = new Set<string>();
  for (const part of splitPattern(pattern)) {
    const matched = byName.has(part.name) ? [part.name] : matchPart(inventory, part.name);
    if ("kind" in matched) return matched;
    if (matched.length === 0 && part.name !== "all") unmatched.push(part.sign + part.name);
    selected = combined(selected, part.sign, new Set(matched));
  }
  return { kind: "ok", hosts: [...selected].flatMap((name) => byName.get(name) ?? []), unmatched };
};

/** The inventory with these hosts only. Groups keep their place, also those that lose all their hosts. */
export const limitedTo = (inventory: Inventory, hosts: readonly Host[]): Inventory => {
  const names = new Set(hosts.map((host) => host.name));
  const groups = [...inventory.groups.values()].map((group) => ({
    ...group,
    hosts: group.hosts.filter((host) => names.has(host)),
  }));
  return {
    hosts: inventory.hosts.filter((host) => names.has(host.name)),
    groups: new Map(groups.map((group) => [group.name, group])),
  };
};

const combined = (selected: Set<string>, sign: "" | "&" | "!", matched: ReadonlySet<string>): Set<string> => {
  switch (sign) {
    case "":
      return new Set([...selected, ...matched]);
    case "&":
      return new Set([...selected].filter((name) => matched.has(name)));
    case "!":
      return new Set([...selected].filter((name) => !matched.has(name)));
  }
};

/** Groups first; hosts where no group matches, or where the part is a glob, a regex or has a dot, as Ansible has it. */
const matchPart = (inventory: Inventory, part: string): readonly string[] | Fault => {
  const { name, slice } = splitSlice(part);
  const matcher = matcherOf(name);
  if (matcher.kind === "fault")
    return { kind: "fault", because: `"${visible(part)}" is not a pattern: ${matcher.because}` };
  const groups = [...inventory.groups.keys()].filter(matcher.matches);
  const found = new Set(groups.flatMap((group) => hostNamesIn(inventory.groups, group)));
  if (groups.length === 0 || /^~|[.?*[]/.test(name))
    for (const host of inventory.hosts) if (matcher.matches(host.name)) found.add(host.name);
  return sliced([...found], slice);
};

const matcherOf = (name: string): Matcher | Fault => {
  if (name.startsWith("~")) return regexMatcher(name.slice(1));
  if (/[*?[]/.test(name)) return { kind: "matcher", matches: globMatcher(name) };
  return { kind: "matcher", matches: (one) => one === name };
};
