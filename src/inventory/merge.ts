import type { HostName } from "../model/brand.ts";
import type { Host, Vars } from "../model/host.ts";
import { connectionOf } from "./connection.ts";
import { isSecretVariable } from "./connection-vars.ts";
import { type Draft, type DraftGroup, emptyVars } from "./draft.ts";
import { type Group, hostNamesIn, type Inventory } from "./inventory.ts";

type Tree = { readonly groups: ReadonlyMap<string, PlacedGroup> };
type PlacedGroup = {
  readonly name: string;
  readonly children: readonly string[];
  readonly hosts: Set<HostName>;
  readonly draft: DraftGroup;
};

/** Ties loose groups and hosts to `all` and `ungrouped`, then gives each host its merged variables. The draft has no cycles. */
export const mergeDraft = (draft: Draft): Inventory => {
  const tree = place(draft);
  const parents = parentsOf(tree);
  const depths = depthsOf(tree);
  const direct = directGroups(tree);
  const merged = new Map<string, { readonly groups: readonly string[]; readonly vars: Vars }>();

  /** Group names nearest last, and their variables merged; hosts of the same groups share one. */
  const inheritedBy = (name: HostName) => {
    const own = direct.get(name) ?? [];
    const key = JSON.stringify(own);
    const known = merged.get(key);
    if (known !== undefined) return known;
    const groups = [...ancestors(own, parents)].sort(byPrecedence(tree, depths));
    const vars = Object.assign(emptyVars(), ...groups.map((group) => tree.groups.get(group)?.draft.vars)) as Vars;
    const result = { groups: groups.filter((group) => group !== "all"), vars };
    merged.set(key, result);
    return result;
  };

  const hosts = (hostNamesIn(tree.groups, "all") as readonly HostName[]).map((name): Host => {
    const inherited = inheritedBy(name);
    const vars = Object.assign(emptyVars(), inherited.vars, draft.hosts.get(name)?.vars);
    return { name, groups: inherited.groups, vars: masked(vars), connection: connectionOf(name, vars) };
  });
  return { hosts, groups: new Map([...tree.groups].map(([name, group]) => [name, finished(group)])) };
};

const finished = ({ name, children, hosts, draft }: PlacedGroup): Group => ({
  name,
  children,
  hosts: [...hosts],
  vars: masked(draft.vars),
});

/** The same variables with every password hidden: they go to templates and reports. */
const masked = (vars: Vars): Vars => {
  const secrets = Object.keys(vars).filter(isSecretVariable);
  return Object.assign(emptyVars(), vars, Object.fromEntries(secrets.map((name) => [name, "********"])));
};

/** Every group below `all`; hosts of no other group in `ungrouped`, and no others there. */
const place = (draft: Draft): Tree => {
  const groups = [...draft.groups.values()];
  const children = new Set(groups.flatMap((group) => [...group.children.keys()]));
  const loose = groups.map((group) => group.name).filter((name) => name !== "all" && !children.has(name));
  const grouped = new Set(groups.filter(isOrdinary).flatMap((group) => [...group.hosts]));
  const ungrouped: readonly HostName[] = [...(draft.groups.get("ungrouped")?.hosts ?? []), ...draft.hosts.keys()];
  return {
    groups: new Map(
      groups.map((group) => [
        group.name,
        {
          name: group.name,
          children: [...group.children.keys(), ...(group.name === "all" ? loose : [])],
          hosts: group.name === "ungrouped" ? new Set(ungrouped.filter((name) => !grouped.has(name))) : group.hosts,
          draft: group,
        },
      ]),
    ),
  };
};

const isOrdinary = (group: DraftGroup): boolean => group.name !== "all" && group.name !== "ungrouped";

const parentsOf = (tree: Tree): ReadonlyMap<string, readonly string[]> => {
  const parents = new Map<string, string[]>();
  for (const group of tree.groups.values()) for (const child of group.children) append(parents, child, group.name);
  return parents;
};

const directGroups = (tree: Tree): ReadonlyMap<HostName, readonly string[]> => {
  const direct = new Map<HostName, string[]>();
  for (const group of tree.groups.values()) for (const host of group.hosts) append(direct, host, group.name);
  return direct;
};

const append = <Key, One>(lists: Map<Key, One[]>, key: Key, one: One): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
};

/** These groups and all above them. */
const ancestors = (names: readonly string[], parents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> => {
  const found = new Set(names);
  // the set grows while it is walked
  for (const name of found) for (const parent of parents.get(name) ?? []) found.add(parent);
  return found;
};

/** Longest way from `all`, as Ansible counts a group's depth. A group is done when every parent is. */
const depthsOf = (tree: Tree): ReadonlyMap<string, number> => {
  const waiting = new Map<string, number>();
  for (const group of tree.groups.values())
    for (const child of group.children) waiting.set(child, (waiting.get(child) ?? 0) + 1);
  const depths = new Map([["all", 0]]);
  const ready = ["all"];
  for (const name of ready)
    for (const child of tree.groups.get(name)?.children ?? []) {
      depths.set(child, Math.max(depths.get(child) ?? 0, (depths.get(name) ?? 0) + 1));
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  return depths;
};

/** Weakest first: by depth, then `ansible_group_priority`, then name. */
const byPrecedence =
  (tree: Tree, depths: ReadonlyMap<string, number>) =>
  (a: string, b: string): number => {
    const depth = (depths.get(a) ?? 0) - (depths.get(b) ?? 0);
    const priority = (tree.groups.get(a)?.draft.priority ?? 1) - (tree.groups.get(b)?.draft.priority ?? 1);
    return depth || priority || (a < b ? -1 : a > b ? 1 : 0);
  };
