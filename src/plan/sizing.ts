import { belongsToHostBelow } from "../conntrack/findings/limits.ts";
import type { Facts } from "../model/facts.ts";
import type { ConntrackTask } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import type { CompiledTask } from "./compile.ts";

export type NamedConntrack = ConntrackTask & { readonly name: string };

/** What all conntrack tasks that hold here want together; or why that is nothing definite. */
export const conntrackOf = (tasks: readonly CompiledTask[]): NamedConntrack | string | undefined => {
  const all = tasks.flatMap(({ task }) => (task.kind === "conntrack" ? [task] : []));
  const [first] = all;
  if (first === undefined) return undefined;
  const sized = all.filter((task) => task.size !== undefined);
  if (sized.length > 1) return `two tasks size the table here: ${sized.map((task) => task.name).join(", ")}`;
  return {
    ...first,
    size: sized[0]?.size,
    allowLower: sized[0]?.allowLower ?? false,
    timeouts: new Map(all.flatMap((task) => [...task.timeouts])),
    settings: new Map(all.flatMap((task) => [...task.settings])),
  };
};

/**
 * The play is about a table, or about modules, that this host does not have or that are not its own. Timeouts are each
 * guest's own.
 */
export const whySkipped = (
  tasks: readonly CompiledTask[],
  sizing: ConntrackTask | undefined,
  facts: Facts,
): string | undefined => {
  if (sizing !== undefined && valueOf(facts.conntrack.state) === "none")
    return "this kernel has no connection tracking";
  const below = sizing?.size === undefined ? undefined : belongsToHostBelow(facts);
  if (below !== undefined) return `${below}: the values belong to the host below`;
  const container = valueOf(facts.guest.container) ?? "none";
  return container !== "none" && tasks.some(({ task }) => task.kind === "module")
    ? `${container} guest: the modules belong to the host below`
    : undefined;
};
