import type { Facts } from "../model/facts.ts";
import type { Value } from "../model/host.ts";
import type { Reading } from "../model/reading.ts";
import { factTable } from "./fact-table.ts";
import { record, type Shape } from "./shape.ts";

/** The facts of one host as expressions and templates name them, without the `facts.` in front. */
export type FactsContext = {
  /** Values that were read, by dotted path (`conntrack.max`); plain numbers. */
  readonly values: ReadonlyMap<string, Value>;
  /** Paths that have no value here, each with a clause for people that names the fact. */
  readonly missing: ReadonlyMap<string, string>;
};

/** Pure: what the probe saw, under the names that a play uses. Nothing is guessed for a fact that was not read. */
export const factsContext = (facts: Facts): FactsContext => {
  const values = new Map<string, Value>();
  const missing = new Map<string, string>();
  for (const [path, { reading }] of factTable) {
    const found = reading(facts);
    if (found.kind === "read") values.set(path, found.value);
    else missing.set(path, because(path, found));
  }
  return { values, missing };
};

const because = (path: string, reading: Exclude<Reading<Value>, { kind: "read" }>): string =>
  reading.kind === "absent" ? `this host has no facts.${path}` : `facts.${path} could not be read: ${reading.because}`;

/** The shape of `facts`: a record of facts and of groups of facts. */
export const factsShape: Shape = (() => {
  const top = Object.create(null) as { [name: string]: Shape };
  const groups = new Map<string, { [name: string]: Shape }>();
  for (const [path, { shape }] of factTable) {
    const [group, field] = splitPath(path);
    if (group === undefined) top[field] = shape;
    else groups.set(group, { ...groups.get(group), [field]: shape });
  }
  for (const [group, fields] of groups) top[group] = record(fields);
  return record(top);
})();

/** `conntrack.max` is a field of a group; `init` stands alone. */
export function splitPath(path: string): readonly [group: string | undefined, field: string] {
  const dot = path.indexOf(".");
  return dot < 0 ? [undefined, path] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** The facts as one tree of plain values, null-prototype, with what is missing left out: for reports and JSON. */
export const factsTree = ({ values }: FactsContext): { readonly [name: string]: Value } => {
  const tree = Object.create(null) as { [name: string]: Value };
  const groups = new Map<string, { [name: string]: Value }>();
  for (const [path, value] of values) {
    const [group, field] = splitPath(path);
    if (group === undefined) tree[field] = value;
    else {
      const fields = groups.get(group) ?? (Object.create(null) as { [name: string]: Value });
      groups.set(group, fields);
      fields[field] = value;
      tree[group] = fields;
    }
  }
  return tree;
};
