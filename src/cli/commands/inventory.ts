import { foldNames } from "../../inventory/fold.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { limitedTo } from "../../inventory/select.ts";
import { graphLines, listInventory, shownVars } from "../../inventory/show.ts";
import type { InventoryHost, Vars } from "../../model/host.ts";
import { mergeVars } from "../../model/vars.ts";
import { printable } from "../../report/escape.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { readGivenVars } from "../given-vars.ts";
import { type LoadedInventory, loadInventory } from "../load-inventory.ts";
import type { FleetOptions } from "../options.ts";

/** `inventory list`, `inventory graph [GROUP]`, `inventory host NAME`: what the sources say, merged. */
export const inventory = async (
  options: FleetOptions,
  what: string | undefined,
  name: string | undefined,
): Promise<number> => {
  tolerateClosedPipes();
  const given = await readGivenVars(options);
  if (given.kind === "problems") return refuse(given.problems);
  const loaded = await loadInventory(options, given.value, options.playbookDir ?? ".");
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const found = withExtra(loaded.value, given.value.extra);
  switch (what) {
    case "list":
      print(list(found, options));
      return 0;
    case "graph":
      return graph(found.inventory, name);
    case "host":
      return host(found.hosts, name);
    default:
      return wrong(`inventory ${printable(what ?? "")}: expected list, graph or host NAME`);
  }
};

/** Variables of the command line stand above all others, as with Ansible. */
const withExtra = ({ inventory, hosts }: LoadedInventory, extra: Vars): LoadedInventory => {
  if (Object.keys(extra).length === 0) return { inventory, hosts };
  const withVars = (one: InventoryHost): InventoryHost => ({
    ...one,
    vars: mergeVars(one.vars, extra),
  });
  return { inventory: { ...inventory, hosts: inventory.hosts.map(withVars) }, hosts: hosts.map(withVars) };
};

const list = ({ inventory, hosts }: LoadedInventory, { output, fold }: FleetOptions): string => {
  if (output === "json") {
    const listed = listInventory(limitedTo(inventory, hosts));
    return json({ ...listed, _meta: { ...listed._meta, schema: 1 } });
  }
  const names = hosts.map((one) => one.name);
  return lines(fold === true ? [foldNames(names)] : names);
};

const graph = (inventory: Inventory, group: string | undefined): number => {
  if (group !== undefined && !inventory.groups.has(group))
    return wrong(`no group ${printable(group)} in the inventory`);
  print(lines(graphLines(inventory, group).map((line) => printable(line))));
  return 0;
};

const host = (hosts: readonly InventoryHost[], name: string | undefined): number => {
  const found = hosts.find((one) => one.name === name);
  if (found === undefined) return wrong(`no host ${printable(name ?? "(none given)")} in the inventory`);
  print(json(shownVars(found.vars)));
  return 0;
};

const wrong = (message: string): 1 => {
  say(`ctfleet: ${message}`);
  return 1;
};

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
