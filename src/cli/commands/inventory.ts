import { foldNames } from "../../inventory/fold.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { limitedTo } from "../../inventory/select.ts";
import { graphLines, listInventory, shownVars } from "../../inventory/show.ts";
import type { Vars } from "../../model/host.ts";
import { printable } from "../../report/escape.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { loadInventory, readGiven } from "../load-inventory.ts";
import type { FleetOptions } from "../options.ts";

/** `inventory list`, `inventory graph`, `inventory host NAME`: what the files say, merged. */
export const inventory = async (
  options: FleetOptions,
  what: string | undefined,
  name: string | undefined,
): Promise<number> => {
  tolerateClosedPipes();
  const given = await readGiven(options);
  if (given.kind === "problems") return refuse(given.problems);
  const loaded = await loadInventory(options, given.value, options.playbookDir ?? ".");
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { hosts } = loaded.value;
  const found = withExtra(loaded.value.inventory, given.value.extra);
  switch (what) {
    case "list": {
      const listed = listInventory(limitedTo(found, hosts));
      const meta = { ...listed._meta, schema: 1 };
      const names = hosts.map((host) => host.name);
      const lines = options.fold === true ? [foldNames(names)] : names;
      print(options.output === "json" ? json({ ...listed, _meta: meta }) : lines.map((line) => `${line}\n`).join(""));
      return 0;
    }
    case "graph":
      if (name !== undefined && !found.groups.has(name)) {
        say(`ctfleet: no group ${printable(name)} in the inventory`);
        return 1;
      }
      print(
        `${graphLines(found, name)
          .map((line) => printable(line))
          .join("\n")}\n`,
      );
      return 0;
    case "host": {
      const host = hosts.find((one) => one.name === name);
      if (host === undefined) {
        say(`ctfleet: no host ${printable(name ?? "(none given)")} in the inventory`);
        return 1;
      }
      print(json(shownVars(Object.assign(Object.create(null) as Vars, host.vars, given.value.extra))));
      return 0;
    }
    default:
      say(`ctfleet: inventory ${printable(what ?? "")}: expected list, graph or host NAME`);
      return 1;
  }
};

/** Variables of the command line stand above all others, as with Ansible. */
const withExtra = (inventory: Inventory, extra: Vars): Inventory =>
  Object.keys(extra).length === 0
    ? inventory
    : {
        ...inventory,
        hosts: inventory.hosts.map((host) => ({
          ...host,
          vars: Object.assign(Object.create(null) as Vars, host.vars, extra),
        })),
      };

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
