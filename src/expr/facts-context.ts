import type { Facts } from "../model/facts.ts";
import type { Value } from "../model/host.ts";
import type { Reading } from "../model/reading.ts";
import { factTable } from "./fact-table.ts";
import { record, type Shape } from "./shape.ts";

/** A fact under the name that a play uses, or a clause for people that names it and says why it has no value here. */
export type Found =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "missing"; readonly because: string };

/** The facts of one host by dotted path (`conntrack.max`), without the `facts.` in front; numbers are plain. */
export type FactsContext = { readonly find: (path: string) => Found };

/**
 * Pure: what the probe saw, under the names that a play uses. Nothing is guessed for a fact that was not read. A play
 * names a few of the facts, so each is looked up when it is asked for.
 */
export const factsContext = (facts: Facts): FactsContext => ({
  find: (path) => {
    const found = factTable.get(path)?.reading(facts);
    if (found === undefined) return { kind: "missing", because: `there is no facts.${path}` };
    return found.kind === "read"
      ? { kind: "value", value: found.value }
      : { kind: "missing", because: because(path, found) };
  },
});

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
