import type { Value, Vars } from "./host.ts";

/** No variables. Without a prototype: a variable may be called `constructor`. */
export const emptyVars = (): Record<string, Value> => Object.create(null) as Record<string, Value>;

/** All of these variables; of one name the last wins. */
export const mergeVars = (...all: readonly Vars[]): Record<string, Value> =>
  Object.assign(emptyVars(), ...all) as Record<string, Value>;
