import type { Progress } from "../rollout/effects.ts";
import { describeFailure, describeOutcome, outcomeWords } from "./describe.ts";
import { printable } from "./escape.ts";
import { plural } from "./text.ts";

/** One line about what just happened while hosts are walked. */
export const describeProgress = (event: Progress): string => {
  switch (event.kind) {
    case "gathered":
      return `gathered ${event.done} of ${event.of}`;
    case "retrying": {
      const { host, attempt, because, wait } = event;
      return `${host}: ${describeFailure(because)}; try ${attempt} follows in ${(wait / 1000).toFixed(1)} s`;
    }
    case "batch":
      return `${printable(event.play)}: batch ${event.number} of ${event.of}, ${plural(event.hosts, "host")}`;
    case "applied": {
      const { name, outcome } = event.report;
      return `  ${name}: ${outcomeWords(outcome.kind)}, ${describeOutcome(outcome)}`;
    }
    case "stopped":
      return `stopped: ${event.because}`;
  }
};
