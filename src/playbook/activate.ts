import { z } from "zod";
import { type EvenIf, evenIfs } from "../model/action.ts";
import { durationSeconds } from "../model/duration.ts";
import { type ActivateTask, type Way, ways } from "../model/play.ts";
import { closed, notYet, oneOrMore, show } from "./schema-parts.ts";
import { below, reportKey, type Spot } from "./spot.ts";

const modes = ["none", ...ways, "auto"] as const;

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: (issue) => `expected ${words(names)}, found ${show(issue.input)}` });

const words = (names: readonly string[]): string => `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;

/** Text like `10m`, from the first to the last of two such texts. */
const duration = (least: string, most: string) => {
  const expected = {
    error: (issue: { readonly input?: unknown }) =>
      `expected a duration from ${least} to ${most}, like 90s or 10m, found ${show(issue.input)}`,
  };
  return z.string(expected).refine((text) => {
    const [seconds, low, high] = [text, least, most].map(durationSeconds);
    return seconds !== undefined && low !== undefined && high !== undefined && seconds >= low && seconds <= high;
  }, expected);
};

const mode = oneOf(modes);

/** The written form of an activate task. */
export const activateSchema = z.union([
  mode,
  closed(
    {
      with: mode,
      allow: oneOrMore(oneOf(ways), "a list of live, reload and reboot").optional(),
      even_if: oneOrMore(oneOf(evenIfs), `a list of ${words(evenIfs)}`).optional(),
      reboot_within: duration("1m", "2h").optional(),
      stable_for: duration("0s", "10m").optional(),
    },
    notYet(["confirm_within"]),
  ),
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

const milliseconds = (text: string): number => {
  const seconds = durationSeconds(text);
  if (seconds === undefined) throw new Error(`no duration: ${text}`);
  return seconds * 1000;
};
