import { readFileSync } from "node:fs";
import { type ConnectOptions, connectHosts } from "../../src/inventory/connect-hosts.ts";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { parseInventory } from "../../src/inventory/parse.ts";
import type { Host } from "../../src/model/host.ts";
import type { Checked } from "../../src/model/problem.ts";

/** The data of `test/cases/inventory/NAME.json`. */
export const cases = (name: string): unknown => JSON.parse(readFileSync(`test/cases/inventory/${name}.json`, "utf8"));

/** The inventory that these texts make; throws where they have problems. */
export const parsed = (...texts: readonly string[]): Inventory => {
  const result = parseInventory(texts.map((text, at) => ({ kind: "file" as const, file: `${at + 1}.yaml`, text })));
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems));
  return result.value;
};

/** Every host of the inventory with how to reach it, as if all were selected. */
export const connected = (inventory: Inventory, options?: ConnectOptions): Checked<readonly Host[]> =>
  connectHosts(inventory, inventory.hosts, options);

/** The connection of each host of this inventory, by name; throws where there are problems. */
export const connections = (text: string, options?: ConnectOptions): Readonly<Record<string, Host["connection"]>> => {
  const result = connected(parsed(text), options);
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems));
  return Object.fromEntries(result.value.map((host) => [host.name, host.connection]));
};
