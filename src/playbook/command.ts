import type { CommandTask } from "../model/play.ts";
import { argv, argvOf, type WrittenArgv } from "./argv.ts";
import { duration, milliseconds } from "./durations.ts";
import { closed } from "./schema-parts.ts";
import { below, type Spot } from "./spot.ts";

/** The written form of a command task. */
export const commandSchema = closed({
  run: argv("a program and its words"),
  unless: argv("a program that ends with 0 where there is nothing to do"),
  undo: argv("a program that takes it back").optional(),
  within: duration("1s", "10m").optional(),
});

type WrittenCommand = {
  readonly run: WrittenArgv;
  readonly unless: WrittenArgv;
  readonly undo?: WrittenArgv | undefined;
  readonly within?: string | undefined;
};

/** A command with its defaults. Its phase hangs on the other tasks of the play: `withPhases`. */
export const command = (spot: Spot, { run, unless, undo, within }: WrittenCommand): CommandTask => {
  const words = (key: string, written: WrittenArgv) => argvOf(below(spot, key), written, { templates: false });
  return {
    kind: "command",
    argv: words("run", run),
    unless: words("unless", unless),
    undo: undo === undefined ? undefined : words("undo", undo),
    within: milliseconds(within ?? "30s"),
    phase: "after_files",
  };
};
