import { limitedTo } from "../../inventory/select.ts";
import { graphLines, listInventory } from "../../inventory/show.ts";
import { printable } from "../../report/escape.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { loadInventory } from "../load.ts";
import type { FleetOptions } from "../options.ts";

/** `inventory list`, `inventory graph`, `inventory host NAME`: what the files say, merged. */
export const inventory = async (
  options: FleetOptions,
  what: string | undefined,
  name: string | undefined,
): Promise<number> => {
  tolerateClosedPipes();
  const loaded = await loadInventory(options);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { inventory: found, hosts } = loaded.value;
  switch (what) {
    case "list": {
      const listed = listInventory(limitedTo(found, hosts));
      const meta = { ...listed._meta, schema: 1 };
      print(
        options.output === "json" ? json({ ...listed, _meta: meta }) : `${hosts.map((host) => host.name).join("\n")}\n`,
      );
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
      print(json(host.vars));
      return 0;
    }
    default:
      say(`ctfleet: inventory ${printable(what ?? "")}: expected list, graph or host NAME`);
      return 1;
  }
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
