import { Vaulted } from "../model/host.ts";
import { resolvePlain } from "./scalars.ts";
import { isKnownTag, isTextTag, isVaultTag, tagMessage } from "./tags.ts";
import type { Entry, Path, Scalar, Tree } from "./tree.ts";
import { type Vault, vaultOf } from "./vault.ts";
import { nameIn, type Origin, sealed, vaulted, vaultedJson } from "./vaulted.ts";
import { visible } from "./visible.ts";

export type BuildOptions = {
  /** Where true, the keys of the map at this path may be numbers, booleans or null, and are taken as their text. */
  readonly looseKeys?: (map: Path) => boolean;
  /** Opens `!vault` values, when they are used. Without one they are there too, and cannot be used. */
  readonly vault?: Vault;
};

export type Built = {
  readonly value: unknown;
  readonly found: readonly { readonly offset: number; readonly path: Path; readonly message: string }[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Tree, Tree>;
};

type Anchored = { readonly tree: Tree; open: boolean; value: unknown; size: number; height: number };
type State = {
  readonly origin: Origin;
  readonly options: BuildOptions;
  readonly path: (string | number)[];
  readonly found: { offset: number; path: Path; message: string }[];
  readonly anchors: Map<string, Anchored>;
  readonly targets: Map<Tree, Tree>;
  /** Values built so far; and how many more a reader would meet that follows each alias. */
  built: number;
  expanded: number;
  deepest: number;
};

const limits = { expanded: 2_000_000, depth: 100 };

/** Where the text's parts stand, and whether it came out of an encrypted file. */
type Source = Omit<Origin, "vault">;

/** Resolves scalars, aliases, merge keys and tags of one document. Every problem is given; the value is whole only if there is none. */
export const build = (tree: Tree, options: BuildOptions, source: Source): Built => {
  const state: State = {
    origin: { ...source, vault: options.vault ?? vaultOf([]) },
    options,
    path: [],
    found: [],
    anchors: new Map(),
    targets: new Map(),
    built: 0,
    expanded: 0,
    deepest: 0,
  };
  const value = valueOf(state, tree);
  return { value, found: state.found, targets: state.targets };
};

const trouble = (state: State, tree: Tree, message: string): null => {
  state.found.push({ offset: tree.offset, path: [...state.path], message });
  return null;
};

const valueOf = (state: State, tree: Tree): unknown => {
  state.built += 1;
  state.deepest = Math.max(state.deepest, state.path.length);
  if (tree.kind === "alias") return aliasValue(state, tree);
  if (!isKnownTag(tree)) return trouble(state, tree, tagMessage(tree.tag ?? ""));
  return tree.anchor === undefined ? plainValue(state, tree) : anchoredValue(state, tree, tree.anchor);
};

const plainValue = (state: State, tree: Exclude<Tree, { kind: "alias" }>): unknown => {
  switch (tree.kind) {
    case "map":
      return vaultedJson(tree.entries, state.origin) ?? mapValue(state, tree.entries);
    case "list":
      return tree.items.map((item, index) => within(state, index, () => valueOf(state, item)));
    case "scalar":
      return sealed(scalarValue(state, tree), state.origin);
  }
};

const within = <T>(state: State, part: string | number, work: () => T): T => {
  state.path.push(part);
  const result = work();
  state.path.pop();
  return result;
};

const scalarValue = (state: State, tree: Scalar): unknown => {
  if (isVaultTag(tree.tag)) return vaulted(tree, state.origin);
  const asWritten = tree.tag === undefined ? !tree.plain : isTextTag(tree.tag);
  if (asWritten) return tree.text;
  const resolved = resolvePlain(tree.text);
  if (resolved.kind === "value") return resolved.value;
  return trouble(
    state,
    tree,
    `a number of ${tree.text.length} characters is too large to be held exactly; quote it if it is text`,
  );
};

/** An anchor's value is built once and shared; what it would cost a reader is counted at each alias. */
const anchoredValue = (state: State, tree: Exclude<Tree, { kind: "alias" }>, name: string): unknown => {
  const anchored: Anchored = { tree, open: true, value: undefined, size: 0, height: 0 };
  state.anchors.set(name, anchored);
  const before = { size: state.built + state.expanded, deepest: state.deepest };
  state.deepest = state.path.length;
  anchored.value = plainValue(state, tree);
  anchored.size = state.built + state.expanded - before.size + 1;
  anchored.height = state.deepest - state.path.length;
  state.deepest = Math.max(state.deepest, before.deepest);
  anchored.open = false;
  return anchored.value;
};

const aliasValue = (state: State, tree: Tree & { kind: "alias" }): unknown => {
  const anchored = state.anchors.get(tree.name);
  if (anchored === undefined)
    return trouble(state, tree, "no &NAME of this alias stands before it; text that begins with * needs quotes");
  if (anchored.open)
    return trouble(state, tree, `*${tree.name} stands inside &${tree.name}: the value would hold itself`);
  state.targets.set(tree, anchored.tree);
  state.deepest = Math.max(state.deepest, state.path.length + anchored.height);
  if (state.path.length + anchored.height > limits.depth)
    return trouble(state, tree, `through *${tree.name} the text is nested more than ${limits.depth} levels deep`);
  return mayExpand(state, tree, anchored.size) ? anchored.value : null;
};

/** False, and a problem the first time, where aliases make more values than anyone writes on purpose. */
const mayExpand = (state: State, tree: Tree, by: number): boolean => {
  const before = state.expanded;
  state.expanded += by;
  if (state.expanded <= limits.expanded) return true;
  if (before <= limits.expanded) trouble(state, tree, `aliases make more than ${limits.expanded} values of this text`);
  return false;
};

const mapValue = (state: State, entries: readonly Entry[]): unknown => {
  if (entries.some(({ key }) => isMergeKey(key))) return mapWithMerges(state, entries);
  const result = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of entries) {
    const name = keyName(state, key);
    if (name === undefined) continue;
    state.path.push(name);
    if (name in result) trouble(state, key, "this key stands twice in one map");
    result[name] = valueOf(state, value);
    state.path.pop();
  }
  return result;
};

const mapWithMerges = (state: State, entries: readonly Entry[]): unknown => {
  const own: [string, unknown][] = [];
  const merged: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  for (const { key, value } of entries) {
    const merges = isMergeKey(key);
    const name = merges ? "<<" : keyName(state, key);
    if (name === undefined) continue;
    if (seen.has(name)) within(state, name, () => trouble(state, key, "this key stands twice in one map"));
    seen.add(name);
    const child = within(state, name, () => valueOf(state, value));
    if (merges) merged.push(...within(state, name, () => mapsToMerge(state, value, child)));
    else own.push([name, child]);
  }
  const result = Object.create(null) as Record<string, unknown>;
  for (const map of merged) for (const [name, one] of Object.entries(map)) if (!(name in result)) result[name] = one;
  for (const [name, one] of own) result[name] = one;
  return result;
};

const isMergeKey = (key: Tree): boolean =>
  key.kind === "scalar" && key.plain && key.text === "<<" && key.tag === undefined;

/** What `<<` brings in: the first map's entries win over the second's, and the map's own over all. */
const mapsToMerge = (state: State, tree: Tree, value: unknown): readonly Record<string, unknown>[] => {
  // said already
  if (state.expanded > limits.expanded) return [];
  const maps: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!maps.every(isMap)) {
    trouble(state, tree, "<< takes a map or a list of maps");
    return [];
  }
  const entries = maps.reduce((sum, map) => sum + Object.keys(map).length, 0);
  return mayExpand(state, tree, entries) ? maps : [];
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Vaulted);

const keyName = (state: State, key: Tree): string | undefined => {
  const value = nameIn(valueOf(state, key));
  if (typeof value === "string") return value;
  if (value instanceof Vaulted) {
    trouble(state, key, "a key must be text, not a value from a vault");
    return undefined;
  }
  if (isMap(value) || Array.isArray(value)) {
    trouble(state, key, "a key must be text, not a map or a list");
    return undefined;
  }
  const loose = state.options.looseKeys?.(state.path) ?? false;
  if (loose) return String(value);
  const text = key.kind === "scalar" ? key.text : String(value);
  const kind = value === null ? "nothing (null)" : `a ${typeof value}`;
  within(state, text, () => trouble(state, key, `this name reads as ${kind} in YAML; quote it: "${visible(text)}"`));
  return undefined;
};
