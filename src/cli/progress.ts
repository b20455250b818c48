import { describeProgress } from "../report/progress.ts";
import type { OnProgress } from "../rollout/effects.ts";
import { say } from "./console.ts";

/** `end` clears the line that is written over, before anything else is printed. */
export type ProgressLine = { readonly on: OnProgress; readonly end: () => void };

/** `verbose`: tell of every try to connect that did not go well, too, even where `quiet`. */
type ProgressOptions = { readonly quiet: boolean; readonly verbose: boolean };

/** Progress on stderr: one line that is written over on a terminal, a line per event elsewhere, nothing where quiet. */
export const progressLine = ({ quiet, verbose }: ProgressOptions): ProgressLine => {
  const live = process.stderr.isTTY && !process.env.CI;
  let shown = false;
  const end = () => {
    if (shown) process.stderr.write("\r\x1b[K");
    shown = false;
  };
  const on: OnProgress = (event) => {
    if (event.kind === "retrying" ? !verbose : quiet) return;
    const line = describeProgress(event);
    if (event.kind !== "gathered") {
      end();
      say(line);
    } else if (live) {
      process.stderr.write(`\r\x1b[K${line}`);
      shown = true;
    }
  };
  return { on, end };
};
