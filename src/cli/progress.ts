import { describeFailure, describeOutcome } from "../report/describe.ts";
import { printable } from "../report/escape.ts";
import { plural } from "../report/text.ts";
import type { OnProgress, Progress as Progressed } from "../rollout/effects.ts";
import { say } from "./console.ts";

type Progress = { readonly on: OnProgress; readonly end: () => void };

/** Progress on stderr: one line that is written over on a terminal, a line per event elsewhere, nothing where quiet. */
export const progressLine = ({
  quiet,
  verbose,
}: {
  readonly quiet: boolean;
  /** Tell of every try to connect that did not go well, too. */
  readonly verbose: boolean;
}): Progress => {
  const live = process.stderr.isTTY && !process.env.CI;
  let shown = false;
  const end = () => {
    if (shown) process.stderr.write("\r\x1b[K");
    shown = false;
  };
  const on: OnProgress = (event) => {
    if (event.kind === "retrying") {
      if (!verbose) return;
      end();
      say(retryLine(event));
      return;
    }
    if (quiet) return;
    switch (event.kind) {
      case "gathered":
        if (!live) return;
        process.stderr.write(`\r\x1b[Kgathered ${event.done} of ${event.of}`);
        shown = true;
        return;
      case "batch":
        end();
        say(`${printable(event.play)}: batch ${event.number} of ${event.of}, ${plural(event.hosts, "host")}`);
        return;
      case "applied":
        end();
        say(
          `  ${event.report.name}: ${event.report.outcome.kind.replace("_", " ")}, ${describeOutcome(event.report.outcome)}`,
        );
        return;
      case "stopped":
        end();
        say(`stopped: ${event.because}`);
        return;
    }
  };
  return { on, end };
};

const retryLine = ({ host, attempt, because, wait }: Extract<Progressed, { kind: "retrying" }>): string =>
  `${host}: ${describeFailure(because)}; try ${attempt} follows in ${(wait / 1000).toFixed(1)} s`;
