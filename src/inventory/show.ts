import { mask, type Value, type Vars, Vaulted } from "../model/host.ts";
import { isVaultText } from "../source/vault-text.ts";
import type { Inventory } from "./inventory.ts";
import { internalVars } from "./magic-vars.ts";

type ListedGroup = { readonly hosts?: readonly string[]; readonly children?: readonly string[] };
type Listing = { readonly _meta: { readonly hostvars: { readonly [host: string]: object } } } & {
  readonly [group: string]: ListedGroup | object;
};

/**
 * The shape of `ansible-inventory --list`: groups with their own hosts and children, and each host's merged variables. Groups
 * with neither are left out, and hosts without variables have no entry. Passwords and what stood in encrypted files are masked.
 */
export const listInventory = (inventory: Inventory): Listing => {
  const hostvars = inventory.hosts
    .map((host) => [host.name, shownVars(host.vars)] as const)
    .filter(([, vars]) => Object.keys(vars).length > 0);
  // fromEntries defines properties: a group may be named __proto__
  return Object.fromEntries([
    ["_meta", { hostvars: Object.fromEntries(hostvars) as object }],
    ...[...inventory.groups.keys()]
      .map((name) => [name, listed(inventory, name)] as const)
      .filter(([, group]) => Object.keys(group).length > 0),
  ]) as Listing;
};

const listed = (inventory: Inventory, name: string): ListedGroup => {
  const { children = [], hosts: own = [] } = inventory.groups.get(name) ?? {};
  const hosts = name === "all" ? [] : own;
  return { ...(children.length > 0 && { children }), ...(hosts.length > 0 && { hosts }) };
};

/** A host's variables as `ansible-inventory --host` prints them: `!vault` values as they are encrypted. */
export const shownVars = (vars: Vars): object =>
  Object.fromEntries(
    Object.entries(vars)
      .filter(([name]) => !internalVars.has(name))
      .map(([name, value]) => [name, shownValue(value)]),
  );

const shownValue = (value: Value): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Vaulted) return shownVault(value);
  if (isList(value)) return value.map(shownValue);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shownValue(one)]));
};

/** What stands behind `!vault` and is not encrypted may be the password itself. */
const shownVault = ({ encrypted }: Vaulted): unknown =>
  encrypted !== undefined && isVaultText(encrypted) ? { __ansible_vault: encrypted } : mask;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const mostLines = 100_000;

/**
 * The lines of `ansible-inventory --graph`, below `top`. A group with several parents stands below each; a graph that
 * would pass 100,000 lines by that is cut, and its last line says so.
 */
export const graphLines = (inventory: Inventory, top = "all"): readonly string[] => {
  const lines: string[] = [];
  const open: { kind: "group" | "host"; name: string; depth: number }[] = [{ kind: "group", name: top, depth: 0 }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (lines.length >= mostLines) return [...lines, `cut after ${mostLines} lines`];
    lines.push(indented(one.kind === "group" ? `@${one.name}:` : one.name, one.depth));
    const { children = [], hosts = [] } = one.kind === "group" ? (inventory.groups.get(one.name) ?? {}) : {};
    const depth = one.depth + 1;
    if (one.name !== "all") for (const name of [...hosts].reverse()) open.push({ kind: "host", name, depth });
    for (const name of [...children].reverse()) open.push({ kind: "group", name, depth });
  }
  return lines;
};

const indented = (text: string, depth: number): string => (depth === 0 ? text : `${"  |".repeat(depth)}--${text}`);
