import { durationText } from "../model/duration.ts";
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
    case "rebooting":
      return `  ${event.host}: rebooting; it must be back within ${durationText(event.within / 1000)}`;
    case "back":
      return `  ${event.host}: back after ${seconds(event.after)}; it must stay so for ${durationText(event.stable / 1000)}`;
    case "stable":
      return `  ${event.host}: stable, ${seconds(event.after)} after it was told to reboot`;
    case "shuffled":
      return `${printable(event.play)}: hosts in an order of its own; the same again: --seed ${event.seed}`;
    case "pause":
      return `the next batch follows in ${durationText(Math.ceil(event.wait / 1000))}`;
    case "gate":
      return describeGate(event);
    case "hook":
      return `  ${event.host}: ${event.when}: ${printable(event.name)}`;
    case "waiting":
      return `  ${event.host}: ${describeFailure(event.because)}; it is tried again, and puts itself right within ${durationText(Math.ceil(event.left / 1000))}`;
    case "reverting":
      return `  ${event.host}: is being put back: ${describeFailure(event.because)}`;
    case "applied": {
      const { name, outcome } = event.report;
      return `  ${name}: ${outcomeWords(outcome.kind)}, ${describeOutcome(outcome)}`;
    }
    case "stopped":
      return `stopped: ${printable(event.because)}`;
  }
};

const describeGate = ({ gate, closed, left }: Extract<Progress, { kind: "gate" }>): string => {
  const name = `gate ${printable(gate)}`;
  if (closed === undefined) return `${name}: open`;
  const next = left <= 0 ? "" : `; it is looked at again for ${durationText(Math.ceil(left / 1000))}`;
  return `${name}: closed: ${printable(closed)}${next}`;
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
