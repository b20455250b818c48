import type { InventoryHost } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { globMatcher } from "./glob.ts";
import { hostNamesIn, type Inventory } from "./inventory.ts";
import { ordered, type Part, sliced, splitPattern, splitSlice } from "./pattern.ts";
import { regexMatcher } from "./regex.ts";

export type Selection =
  /** `unmatched`: the parts that name nothing known, as written; Ansible warns of them and goes on. */
  { readonly kind: "ok"; readonly hosts: readonly InventoryHost[]; readonly unmatched: readonly string[] } | Fault;

type Matcher = { readonly kind: "matcher"; readonly matches: (name: string) => boolean };
type Fault = { readonly kind: "fault"; readonly because: string };

const longestPattern = 100_000;

/**
 * The hosts that a pattern of Ansible's names, in the order in which `ansible --list-hosts` has them (part after part, so
 * that `canary:all` begins with the canaries; within a part, inventory order): `all`, `*`, names, groups, globs, `~regex`, slices
 * (`web[0:2]`), joined by `a:b` or `a,b`, `a:&b`, `a:!b`.
 */
export const selectHosts = (inventory: Inventory, pattern: string): Selection =>
  pattern.length > longestPattern ? tooLong : selectWords(inventory, splitPattern(pattern));

/**
 * The hosts that a limit leaves, in inventory order. `@FILE` among its parts stands for the lines of that file, each one part;
 * `files` has their texts by the names that `limitFiles` gives.
 */
export const limitHosts = (inventory: Inventory, limit: string, files: ReadonlyMap<string, string>): Selection => {
  if (limit.length > longestPattern) return tooLong;
  const words = splitPattern(limit).flatMap((word) =>
    word.startsWith("@") ? (files.get(word.slice(1)) ?? "").split("\n").map((line) => line.trim()) : [word],
  );
  const selection = selectWords(
    inventory,
    words.filter((word) => word !== ""),
  );
  if (selection.kind === "fault") return selection;
  const names = new Set(selection.hosts.map((host) => host.name));
  return { ...selection, hosts: inventory.hosts.filter((host) => names.has(host.name)) };
};

/** The files that a limit names. */
export const limitFiles = (limit: string): readonly string[] =>
  splitPattern(limit.slice(0, longestPattern)).flatMap((word) => (word.startsWith("@") ? [word.slice(1)] : []));

/** The inventory with these hosts only. Groups keep their place, also those that lose all their hosts. */
export const limitedTo = (inventory: Inventory, hosts: readonly Pick<InventoryHost, "name">[]): Inventory => {
  const names = new Set<string>(hosts.map((host) => host.name));
  const groups = [...inventory.groups.values()].map((group) => ({
    ...group,
    hosts: group.hosts.filter((host) => names.has(host)),
  }));
  return {
    ...inventory,
    hosts: inventory.hosts.filter((host) => names.has(host.name)),
    byName: new Map([...inventory.byName].filter(([name]) => names.has(name))),
    groups: new Map(groups.map((group) => [group.name, group])),
  };
};

const tooLong: Fault = { kind: "fault", because: `the pattern is longer than ${longestPattern} characters` };

const selectWords = (inventory: Inventory, words: readonly string[]): Selection => {
  const unmatched: string[] = [];
  let selected = new Set<string>();
  for (const part of ordered(words)) {
    const matched = matchPart(inventory, part);
    if (matched.kind === "fault") return matched;
    if (!matched.known) unmatched.push(part.sign + part.name);
    selected = combined(selected, part.sign, new Set(matched.names));
  }
  return { kind: "ok", hosts: [...selected].flatMap((name) => inventory.byName.get(name) ?? []), unmatched };
};

const combined = (selected: Set<string>, sign: Part["sign"], matched: ReadonlySet<string>): Set<string> => {
  switch (sign) {
    case "":
      return new Set([...selected, ...matched]);
    case "&":
      return new Set([...selected].filter((name) => matched.has(name)));
    case "!":
      return new Set([...selected].filter((name) => !matched.has(name)));
  }
};

/** `known`: it names a host or a group, if only an empty one. */
type Matched = { readonly kind: "matched"; readonly names: readonly string[]; readonly known: boolean };

/** Groups first; hosts where no group matches, or where the part is a glob, a regex or has a dot, as Ansible has it. */
const matchPart = (inventory: Inventory, part: Part): Matched | Fault => {
  // a host that bears a group's name is meant where it is added, the group where it is taken away
  if (part.sign === "" && inventory.byName.has(part.name)) return { kind: "matched", names: [part.name], known: true };
  const { name, slice } = splitSlice(part.name);
  const matcher = matcherOf(name);
  if (matcher.kind === "fault")
    return { kind: "fault", because: `"${visible(part.name)}" is not a pattern: ${matcher.because}` };
  const groups = [...inventory.groups.keys()].filter(matcher.matches);
  const found = groups.flatMap((group) => hostNamesIn(inventory.groups, group));
  if (groups.length === 0 || /^~|[.?*[]/.test(name))
    for (const host of inventory.byName.keys()) if (matcher.matches(host)) found.push(host);
  // not made unique before: Ansible counts a host twice that a glob finds by its group and by its own name
  const names = sliced(found, slice);
  if (names === undefined)
    return {
      kind: "fault",
      because: `"${visible(part.name)}" asks for a host beyond the ${found.length} that there are`,
    };
  return { kind: "matched", names, known: found.length > 0 || groups.length > 0 };
};

const matcherOf = (name: string): Matcher | Fault => {
  if (name.startsWith("~")) return regexMatcher(name.slice(1));
  if (/[*?[]/.test(name)) return { kind: "matcher", matches: globMatcher(name) };
  return { kind: "matcher", matches: (one) => one === name };
};
