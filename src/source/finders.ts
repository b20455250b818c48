import type { Position } from "../model/problem.ts";
import type { Entry, Path, Tree } from "./tree.ts";

type Finders = {
  readonly at: (path: Path) => Position;
  readonly keyAt: (path: Path) => Position;
  readonly written: (path: Path) => string | undefined;
};

/** Looks for places by path, through aliases and merge keys. Maps are indexed the first time that a path goes through them. */
export const finders = (root: Tree, targets: ReadonlyMap<Tree, Tree>, place: (offset: number) => Position): Finders => {
  const indexes = new Map<Tree, ReadonlyMap<string, Entry>>();
  const target = (tree: Tree): Tree => targets.get(tree) ?? tree;

  const entriesOf = (tree: Tree): ReadonlyMap<string, Entry> => {
    const known = indexes.get(tree);
    if (known !== undefined) return known;
    const index = new Map<string, Entry>();
    indexes.set(tree, index);
    if (tree.kind !== "map") return index;
    for (const entry of tree.entries) {
      const key = target(entry.key);
      if (key.kind === "scalar") index.set(key.text, entry);
    }
    const merged = index.get("<<");
    if (merged !== undefined)
      for (const [name, entry] of mergedEntries(merged.value)) if (!index.has(name)) index.set(name, entry);
    return index;
  };

  const mergedEntries = (tree: Tree): readonly (readonly [string, Entry])[] => {
    const from = target(tree);
    const maps = from.kind === "list" ? from.items.map(target) : [from];
    return maps.flatMap((map) => [...entriesOf(map)]);
  };

  /** The deepest key and value that exist on the way. */
  const walk = (path: Path): { readonly key: Tree; readonly value: Tree; readonly whole: boolean } => {
    let [key, value] = [root, root];
    for (const part of path) {
      const inside = target(value);
      const item = inside.kind === "list" && typeof part === "number" ? inside.items[part] : undefined;
      const entry = item === undefined ? entriesOf(inside).get(String(part)) : { key: item, value: item };
      if (entry === undefined) return { key, value, whole: false };
      ({ key, value } = entry);
    }
    return { key, value, whole: true };
  };

  return {
    at: (path) => place(walk(path).value.offset),
    keyAt: (path) => place(walk(path).key.offset),
    written: (path) => {
      const { value, whole } = walk(path);
      const tree = target(value);
      return whole && tree.kind === "scalar" ? tree.written : undefined;
    },
  };
};
