import { readFileSync } from "node:fs";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { parseInventory } from "../../src/inventory/parse.ts";

/** The data of `test/cases/inventory/NAME.json`. */
export const cases = (name: string): unknown => JSON.parse(readFileSync(`test/cases/inventory/${name}.json`, "utf8"));

/** The inventory that these texts make; throws where they have problems. */
export const parsed = (...texts: readonly string[]): Inventory => {
  const result = parseInventory(texts.map((text, at) => ({ file: `${at + 1}.yaml`, text })));
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems));
  return result.value;
};
