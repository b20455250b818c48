import type { z } from "zod";
import type { Hook } from "../model/play.ts";
import { argv, argvOf } from "./argv.ts";
import { duration, milliseconds } from "./durations.ts";
import { closed, line, oneOrMore } from "./schema-parts.ts";
import { below, type Spot } from "./spot.ts";

const program = argv("a program and its words").optional();

const hook = closed({
  name: line("a name").optional(),
  local: program,
  remote: program,
  within: duration("1s", "1h").optional(),
}).refine(
  ({ local, remote }) => (local === undefined) !== (remote === undefined),
  "needs one of local (a program on this machine) and remote (on the host)",
);

/** The written form of `before` and `after`. */
export const hooksSchema = oneOrMore(hook, "a map with local or remote, or a list of them");
type WrittenHooks = z.infer<typeof hooksSchema> | undefined;
type WrittenHook = z.infer<typeof hook>;

/** Hooks with their defaults. Templates in their words are checked when the play is compiled. */
export const hooks = (spot: Spot, written: WrittenHooks): readonly Hook[] =>
  [written ?? []].flat().map((one, at) => hookOf(Array.isArray(written) ? below(spot, at) : spot, one));

const hookOf = (spot: Spot, { name, local, remote, within }: WrittenHook): Hook => {
  const where = local === undefined ? "remote" : "local";
  const words = argvOf(below(spot, where), local ?? remote ?? "", { templates: true });
  return {
    name: name ?? shortly(words.join(" ")),
    at: spot.document.at(spot.path),
    where,
    argv: words,
    within: milliseconds(within ?? "60s"),
  };
};

const longestName = 60;

/** What a hook or a gate is called that has no name. */
export const shortly = (text: string): string =>
  text.length > longestName ? `${text.slice(0, longestName - 3)}...` : text;
