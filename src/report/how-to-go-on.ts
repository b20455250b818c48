import { foldNames } from "../inventory/fold.ts";
import type { HostReport } from "../model/outcome.ts";
import { plural } from "./text.ts";

type Ended = {
  readonly run: string;
  readonly exit: number;
  readonly hosts: readonly HostReport[];
  /** Seconds, of a trial. */
  readonly trial?: number | undefined;
};

/** For who stopped a run twice: what is under way on hosts goes on there. */
export const stoppedNow = (run: string): string =>
  `stopped; what was begun on a host goes on there by itself, or is put back. The journal is whole: ctfleet resume ${run}`;

/** The last lines of a run that did not make every host, or was a trial: which command goes on from here. */
export const howToGoOn = ({ run, exit, hosts, trial }: Ended): readonly string[] => {
  const failed = hosts.filter(hasFailed);
  const open = hosts.filter(isOpen);
  const interrupted = exit >= 128;
  const touched = hosts.filter(isTouched);
  const troubled = interrupted || failed.length > 0 || open.length > 0;
  return [
    ...(interrupted ? [`the run was stopped, and its journal is whole; it goes on with: ctfleet resume ${run}`] : []),
    ...(!interrupted && open.length > 0 ? [`${waits(open)}; the run goes on with: ctfleet resume ${run}`] : []),
    ...(!interrupted && failed.length > 0
      ? [`once that is mended, a new run over all that did not make it: ctfleet apply --retry-failed ${run}`]
      : []),
    ...(troubled && trial === undefined && touched.length > 0
      ? [`to put back what this run has changed on ${plural(touched.length, "host")}: ctfleet rollback ${run}`]
      : []),
    ...(trial !== undefined && touched.length > 0
      ? [`to keep what this trial has set on ${names(touched)}: ctfleet persist ${run}`]
      : []),
  ];
};

const names = (hosts: readonly HostReport[]): string => foldNames(hosts.map(({ name }) => name));

const waits = (open: readonly HostReport[]): string => {
  const unknown = open.filter(({ outcome }) => outcome.kind === "unknown").length;
  const owed = open.filter(owesAfter).length;
  const left = open.length - unknown - owed;
  return [
    ...(unknown === 0 ? [] : [`nobody knows how ${plural(unknown, "host")} ended`]),
    ...(owed === 0 ? [] : [`what comes after the change failed on ${plural(owed, "host")}`]),
    ...(left === 0 ? [] : [`${plural(left, "host")} ${left === 1 ? "was" : "were"} left out`]),
  ].join(", ");
};

/** What only a new run takes up again. */
const hasFailed = (report: HostReport): boolean =>
  ["failed", "unreachable", "reverted"].includes(report.outcome.kind) && !owesAfter(report);

/** What the same run takes up again. */
const isOpen = (report: HostReport): boolean =>
  report.outcome.kind === "unknown" || report.outcome.kind === "not_attempted" || owesAfter(report);

/** Changed well, and what comes after it failed: no new run would know of that. */
const owesAfter = ({ outcome }: HostReport): boolean =>
  outcome.kind === "failed" && outcome.failure.code === "after_failed";

/** Has, or may have, what the run sent. */
const isTouched = ({ outcome }: HostReport): boolean => {
  if (outcome.kind === "changed") return true;
  if (outcome.kind === "drifted") return outcome.done !== undefined;
  if (outcome.kind !== "failed" && outcome.kind !== "unknown") return false;
  const { sent, code } = outcome.failure;
  return sent || code === "verify_false" || code === "not_converged";
};
