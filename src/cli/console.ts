import pc from "picocolors";
import type { Problem } from "../model/problem.ts";
import { describeProblem } from "../report/describe.ts";
import type { Colours } from "../report/text.ts";

/** Data goes to stdout. A reader that went away (`| head`) is not an error; the run goes on. */
export const print = (text: string): void => {
  process.stdout.write(text);
};

/** Progress, problems and log lines go to stderr. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

// One mistake in a play may hold for every host of it.
const mostTold = 100;

/** Mistakes in what a person wrote, all of them; gives the exit code. */
export const refuse = (problems: readonly Problem[]): 1 => {
  for (const problem of problems.slice(0, mostTold)) say(describeProblem(problem));
  if (problems.length > mostTold) say(`... and ${problems.length - mostTold} more`);
  say(`ctfleet: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}; no host was contacted`);
  return 1;
};

/** Colours for a stream: NO_COLOR, CI and a stream that is no terminal have none. */
export const coloursFor = (stream: { readonly isTTY?: boolean }): Colours => {
  const { NO_COLOR, CI, TERM } = process.env;
  const on = stream.isTTY === true && !NO_COLOR && !CI && TERM !== "dumb";
  const { green, yellow, red, dim, bold, magenta } = pc.createColors(on);
  return { good: green, changed: yellow, warning: magenta, bad: red, faint: dim, bold };
};

/**
 * A reader that closed its end, a terminal that is gone and a full disk make a stream fail later: that must not end the
 * run half way. What was lost on a full disk is not exit 0.
 */
export const tolerateClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
      if (code === "EPIPE" || code === "EIO") return;
      process.once("exit", () => {
        process.exitCode = 1;
      });
      if (stream === process.stdout) say(`ctfleet: the output could not be written: ${code}`);
    });
};
