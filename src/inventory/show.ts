import type { Vars } from "../model/host.ts";
import { hostNamesIn, type Inventory } from "./inventory.ts";

type ListedGroup = { readonly hosts?: readonly string[]; readonly children?: readonly string[] };
type Listing = { readonly _meta: { readonly hostvars: { readonly [host: string]: Vars } } } & {
  readonly [group: string]: ListedGroup | object;
};

/** The shape of `ansible-inventory --list`: groups with their own hosts and children, and each host's merged variables. */
export const listInventory = (inventory: Inventory): Listing => {
  const hostvars = inventory.hosts
    .filter((host) => Object.keys(host.vars).length > 0)
    .map((host) => [host.name, host.vars]);
  // fromEntries defines properties: a group may be named __proto__
  return Object.fromEntries(
    [
      ["_meta", { hostvars: Object.fromEntries(hostvars) as object }],
      ...[...inventory.groups.values()].map((group) => [group.name, listed(inventory, group.name)] as const),
    ].filter(([name, one]) => name === "_meta" || Object.keys(one as object).length > 0),
  ) as Listing;
};

const listed = (inventory: Inventory, name: string): ListedGroup => {
  const group = inventory.groups.get(name);
  const hosts = name === "all" ? [] : (group?.hosts ?? []);
  const children = (group?.children ?? []).filter((child) => child !== "ungrouped" || hasHosts(inventory, child));
  return { ...(children.length > 0 && { children }), ...(hosts.length > 0 && { hosts }) };
};

const hasHosts = (inventory: Inventory, group: string): boolean => hostNamesIn(inventory.groups, group).length > 0;

const mostLines = 100_000;

/**
 * The lines of `ansible-inventory --graph`, below `top`. A group with several parents stands below each; a graph that
 * would pass 100,000 lines by that is cut, and its last line says so.
 */
export const graphLines = (inventory: Inventory, top = "all"): readonly string[] => {
  const lines: string[] = [];
  const open: { name: string; depth: number }[] = [{ name: top, depth: 0 }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const group =
      one.name.startsWith("@") || one.depth === 0 ? inventory.groups.get(one.name.replace(/^@/, "")) : undefined;
    if (lines.length >= mostLines) return [...lines, `cut after ${mostLines} lines`];
    lines.push(indented(group === undefined ? one.name : `@${group.name}:`, one.depth));
    const below = [
      ...(group?.children ?? []).map((name) => `@${name}`),
      ...(group === undefined || group.name === "all" ? [] : group.hosts),
    ];
    const depth = one.depth + 1;
    open.push(...below.reverse().map((name) => ({ name, depth })));
  }
  return lines;
};

const indented = (text: string, depth: number): string => (depth === 0 ? text : `${"  |".repeat(depth)}--${text}`);
