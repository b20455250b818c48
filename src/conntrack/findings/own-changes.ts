import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import type { Reverted } from "../../model/own-facts.ts";
import { valueOf } from "../../model/reading.ts";
import { finding, graveFinding, listPlaces } from "./finding.ts";
import { roughDuration } from "./rough-duration.ts";

/** CT206, CT211, CT212: what our own changes have come to on this host, where they are not simply in force. */
export const ownChanges = (facts: Facts): readonly Finding[] => [
  ...runningTrial(facts),
  ...waiting(facts),
  ...putBack(facts),
];

const runningTrial = ({ trial }: Facts): readonly Finding[] => {
  const running = valueOf(trial);
  return running === undefined
    ? []
    : [finding("CT206", `run ${running.run}, ${roughDuration(running.remaining)} left`)];
};

const waiting = ({ pending }: Facts): readonly Finding[] => {
  const change = valueOf(pending);
  if (change === undefined) return [];
  const { run, remaining } = change;
  return remaining > 0
    ? [finding("CT211", `run ${run}, ${roughDuration(remaining)} left`)]
    : [graveFinding("CT211", `run ${run}: its time is over, and nothing has put it back`)];
};

const putBack = ({ reverted }: Facts): readonly Finding[] => {
  const change = valueOf(reverted);
  if (change === undefined) return [];
  const left = change.left.length === 0 ? "" : `; not put back: ${listPlaces(change.left)}`;
  const evidence = `run ${change.run}: ${reasons[change.because]}${left}`;
  // What somebody asked for is as it should be.
  const isMeant = change.because === "asked" && change.left.length === 0;
  return [isMeant ? finding("CT212", evidence) : graveFinding("CT212", evidence)];
};

const reasons: Readonly<Record<Reverted["because"], string>> = {
  timeout: "nobody confirmed it in time",
  boot: "the host went down before it was confirmed",
  asked: "it was asked to",
};
