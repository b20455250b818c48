import { z } from "zod";
import { type EvenIf, evenIfs } from "../model/action.ts";
import { durationText } from "../model/duration.ts";
import { type ActivateTask, usualConfirmWithin, type Way, ways } from "../model/play.ts";
import { duration, milliseconds } from "./durations.ts";
import { closed, either, oneOf, oneOrMore, show } from "./schema-parts.ts";
import { below, reportKey, type Spot } from "./spot.ts";

const modes = ["none", ...ways, "auto"] as const;

const mode = oneOf(modes);

// YAML 1.1 reads off as false.
const confirmError = {
  error: ({ input }: { readonly input?: unknown }) =>
    `expected a duration from 5s to 1h, like 90s or 10m, or off, found ${show(input)}`,
};
const confirm = z.union(
  [z.literal("off", confirmError), z.literal(false, confirmError), duration("5s", "1h")],
  confirmError,
);

/** The written form of an activate task. */
export const activateSchema = z.union([
  mode,
  closed({
    with: mode,
    allow: oneOrMore(oneOf(ways), "a list of live, reload and reboot").optional(),
    even_if: oneOrMore(oneOf(evenIfs), `a list of ${either(evenIfs)}`).optional(),
    reboot_within: duration("1m", "2h").optional(),
    stable_for: duration("0s", "10m").optional(),
    confirm_within: confirm.optional(),
  }),
]);
type WrittenActivate = z.infer<typeof activateSchema>;

/** What an activate task may do to a host. */
export const waysOf = (task: Pick<ActivateTask, "with" | "allow">): readonly Way[] =>
  task.with === "none" ? [] : task.with === "auto" ? task.allow : [task.with];

/** An activation with its defaults; a key that would have no say is reported. */
export const activation = (spot: Spot, written: WrittenActivate): ActivateTask => {
  const given = typeof written === "string" ? { with: written } : written;
  const task: ActivateTask = {
    kind: "activate",
    with: given.with,
    allow: sorted(ways, given.allow ?? "live"),
    evenIf: sorted(evenIfs, given.even_if ?? []),
    rebootWithin: milliseconds(given.reboot_within ?? "10m"),
    stable: milliseconds(given.stable_for ?? "10s"),
    confirmWithin: confirmWithin(given.confirm_within),
  };
  if (given.allow !== undefined && task.with !== "auto")
    reportKey(below(spot, "allow"), `allow has a say only with auto, not with ${task.with}`);
  for (const [key, way] of waysOfKeys)
    if (given[key] !== undefined && !waysOf(task).includes(way))
      reportKey(
        below(spot, key),
        `${key} has a say only where the play may ${way}: with ${way}, or auto that allows it`,
      );
  return task;
};

const confirmWithin = (written: string | false = durationText(usualConfirmWithin / 1000)): number | undefined =>
  written === false || written === "off" ? undefined : milliseconds(written);

const waysOfKeys = [
  ["even_if", "reload"],
  ["reboot_within", "reboot"],
  ["stable_for", "reboot"],
] as const;

/** Each name once, in the order of all. */
const sorted = <Name extends Way | EvenIf>(all: readonly Name[], written: Name | readonly Name[]): readonly Name[] => {
  const names = [written].flat() as readonly Name[];
  return all.filter((name) => names.includes(name));
};
