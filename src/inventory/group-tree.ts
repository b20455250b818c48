import { append } from "../model/append.ts";
import type { HostName } from "../model/brand.ts";
import type { Draft, DraftGroup } from "./draft.ts";

/** The groups of a draft, each below `all`, with what Ansible ranks them by. */
export type GroupTree = {
  readonly groups: ReadonlyMap<string, PlacedGroup>;
  /** The groups that name the host themselves. */
  readonly directly: (host: HostName) => readonly string[];
  /** These groups and all above them, weakest first: by depth, then `ansible_group_priority`, then name. */
  readonly ranked: (names: readonly string[]) => readonly string[];
};

export type PlacedGroup = {
  readonly name: string;
  readonly children: readonly string[];
  readonly hosts: ReadonlySet<HostName>;
};

/** Ties loose groups and hosts to `all` and `ungrouped`. The draft has no cycles. */
export const groupTree = (draft: Draft): GroupTree => {
  const groups = placed(draft);
  const parents = parentsOf(groups);
  const depths = depthsOf(groups);
  const direct = directGroups(groups);
  const rank = (a: string, b: string): number =>
    (depths.get(a) ?? 0) - (depths.get(b) ?? 0) ||
    (draft.groups.get(a)?.priority ?? 1) - (draft.groups.get(b)?.priority ?? 1) ||
    (a < b ? -1 : a > b ? 1 : 0);
  return {
    groups,
    directly: (host) => direct.get(host) ?? [],
    ranked: (names) => [...ancestors(names, parents)].sort(rank),
  };
};

/** Every group below `all`; hosts of no other group in `ungrouped`, and no others there. */
const placed = (draft: Draft): ReadonlyMap<string, PlacedGroup> => {
  const groups = [...draft.groups.values()];
  const children = new Set(groups.flatMap((group) => [...group.children.keys()]));
  const loose = groups.map((group) => group.name).filter((name) => name !== "all" && !children.has(name));
  const grouped = new Set(groups.filter(isOrdinary).flatMap((group) => [...group.hosts]));
  const ungrouped: readonly HostName[] = [...(draft.groups.get("ungrouped")?.hosts ?? []), ...draft.hosts.keys()];
  return new Map(
    groups.map(({ name, children: own, hosts }) => [
      name,
      {
        name,
        children: [...own.keys(), ...(name === "all" ? loose : [])],
        hosts: name === "ungrouped" ? new Set(ungrouped.filter((host) => !grouped.has(host))) : hosts,
      },
    ]),
  );
};

const isOrdinary = (group: DraftGroup): boolean => group.name !== "all" && group.name !== "ungrouped";

const parentsOf = (groups: ReadonlyMap<string, PlacedGroup>): ReadonlyMap<string, readonly string[]> => {
  const parents = new Map<string, string[]>();
  for (const group of groups.values()) for (const child of group.children) append(parents, child, group.name);
  return parents;
};

const directGroups = (groups: ReadonlyMap<string, PlacedGroup>): ReadonlyMap<HostName, readonly string[]> => {
  const direct = new Map<HostName, string[]>();
  for (const group of groups.values()) for (const host of group.hosts) append(direct, host, group.name);
  return direct;
};

const ancestors = (names: readonly string[], parents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> => {
  const found = new Set(names);
  // the set grows while it is walked
  for (const name of found) for (const parent of parents.get(name) ?? []) found.add(parent);
  return found;
};

/** Longest way from `all`, as Ansible counts a group's depth. A group is done when every parent is. */
const depthsOf = (groups: ReadonlyMap<string, PlacedGroup>): ReadonlyMap<string, number> => {
  const waiting = new Map<string, number>();
  for (const group of groups.values())
    for (const child of group.children) waiting.set(child, (waiting.get(child) ?? 0) + 1);
  const depths = new Map([["all", 0]]);
  const ready = ["all"];
  for (const name of ready)
    for (const child of groups.get(name)?.children ?? []) {
      depths.set(child, Math.max(depths.get(child) ?? 0, (depths.get(name) ?? 0) + 1));
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  return depths;
};
