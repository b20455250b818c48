import { append } from "../model/append.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Facts, LoadedModule } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";
import { familyOf } from "./keys.ts";

/** How a module can go from a host, as far as the host's own list of modules tells. */
export type Unloading =
  | {
      readonly kind: "order";
      /** Users before what they use. */
      readonly unload: NonEmpty<string>;
      /** To have them again: what is used before its users. What each brings along by itself is not in it. */
      readonly load: NonEmpty<string>;
    }
  | { readonly kind: "not_loaded" }
  /** Something beside modules holds it: rules, sockets, a mount. */
  | { readonly kind: "in_use"; readonly holders: NonEmpty<Holder> }
  | { readonly kind: "impossible"; readonly because: string }
  | { readonly kind: "unreadable"; readonly because: string };

/** A module with references beyond its users among the modules, and how many. */
export type Holder = { readonly module: string; readonly references: number };

/** The module that tracks connections, by the host's kernel: `nf_conntrack`, or `ip_conntrack` before 2.6.20. */
export const conntrackModule = (facts: Facts): string => `${familyOf(facts)}_conntrack`;

/**
 * The order in which a module and all its users can be unloaded, from the live list and never from a fixed one (DOMAIN,
 * Unloading). With conntrack goes what it alone has brought: nf_defrag_*, and libcrc32c where nobody else uses it.
 */
export const unloading = (facts: Facts, module: string): Unloading => {
  const { loaded, locked } = facts.modules;
  const isConntrack = module === conntrackModule(facts);
  if (isConntrack && valueOf(facts.conntrack.builtin) === true)
    return { kind: "impossible", because: `${module} is built into this kernel` };
  if (loaded.kind === "unreadable") return { kind: "unreadable", because: `the list of modules: ${loaded.because}` };
  const all = new Map((valueOf(loaded) ?? []).map((one) => [one.name, one]));
  if (!all.has(module)) return { kind: "not_loaded" };
  if (valueOf(locked) === true)
    return { kind: "impossible", because: "kernel.modules_disabled is 1: no module goes or comes until a reboot" };

  const going = withUsers(all, module);
  if (typeof going === "string") return { kind: "impossible", because: going };
  const holders = holdersOf(going);
  if (isNonEmpty(holders)) return { kind: "in_use", holders };
  const order = usersFirst(going);
  if (order === undefined) return { kind: "impossible", because: "the list of modules has users in a circle" };
  const alone = isConntrack ? heldAlone(all, module, going) : [];
  const after = usersFirst(new Map(alone.map((one) => [one.name, one]))) ?? [];
  const [unload, load] = [[...order, ...after], order.toReversed()];
  if (!isNonEmpty(unload) || !isNonEmpty(load)) throw new Error(`no order for ${module}`);
  return { kind: "order", unload, load };
};

/** Modules that are held by something else than modules: rules, sockets. */
export const holdersOf = (modules: ReadonlyMap<string, LoadedModule>): readonly Holder[] =>
  [...modules.values()].flatMap(({ name, references, usedBy }) =>
    references > usedBy.length ? [{ module: name, references: references - usedBy.length }] : [],
  );

type Modules = ReadonlyMap<string, LoadedModule>;

/** A module with all that use it, and all that use those; or why that cannot be told. */
export const withUsers = (all: Modules, module: string): Modules | string => {
  const found = new Map<string, LoadedModule>();
  const waiting = [module];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const one = all.get(name);
    if (one === undefined) return `${name} is named as a user and does not stand in the list of modules`;
    found.set(name, one);
    waiting.push(...one.usedBy);
  }
  return found;
};

/** Each after all of its users that are among them; undefined where that has no end. */
const usersFirst = (modules: Modules): readonly string[] | undefined => {
  const uses = usedByEach(modules);
  const waits = new Map([...modules].map(([name, { usedBy }]) => [name, countOf(usedBy, modules)]));
  const order = [...modules.keys()].filter((name) => waits.get(name) === 0);
  // The list grows while it is gone through: each that has its last user in it comes to its end.
  for (const user of order) for (const name of uses.get(user) ?? []) if (hasLast(waits, name)) order.push(name);
  return order.length < modules.size ? undefined : order;
};

/** What the module uses and nobody uses that stays. */
const heldAlone = (all: Modules, module: string, going: Modules): readonly LoadedModule[] => {
  const uses = usedByEach(all);
  const waits = new Map([...all].map(([name, { usedBy }]) => [name, new Set(usedBy).size]));
  for (const user of going.keys()) for (const name of uses.get(user) ?? []) hasLast(waits, name);
  const isFree = ({ name, references, usedBy }: LoadedModule): boolean =>
    !going.has(name) && waits.get(name) === 0 && references <= usedBy.length;
  const ofUser = (user: string) => (uses.get(user) ?? []).flatMap((name) => all.get(name) ?? []);
  const alone = ofUser(module).filter(isFree);
  for (const user of alone)
    for (const one of ofUser(user.name)) {
      hasLast(waits, one.name);
      if (isFree(one)) alone.push(one);
    }
  return alone;
};

/** By each user: the modules of the list that it uses. */
const usedByEach = (modules: Modules): ReadonlyMap<string, readonly string[]> => {
  const uses = new Map<string, string[]>();
  for (const { name, usedBy } of modules.values()) for (const user of new Set(usedBy)) append(uses, user, name);
  return uses;
};

const countOf = (users: readonly string[], modules: Modules): number =>
  [...new Set(users)].filter((user) => modules.has(user)).length;

/** One user less to wait for: was it the last? */
const hasLast = (waits: Map<string, number>, name: string): boolean => {
  const left = (waits.get(name) ?? 0) - 1;
  waits.set(name, left);
  return left === 0;
};
