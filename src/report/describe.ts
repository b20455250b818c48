import type { Action } from "../model/action.ts";
import { durationText } from "../model/duration.ts";
import type { Failure } from "../model/failure.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import type { Problem } from "../model/problem.ts";
import { printable } from "./escape.ts";
import { failureSentences } from "./failure-sentences.ts";

/** One line about a failure: what, the details or the host's own words (escaped), and what to do next. */
export const describeFailure = ({ code, detail }: Failure): string => {
  const { what, next } = failureSentences[code];
  return [what, detail === "" ? "" : `: ${printable(detail)}`, next === undefined ? "" : `; next: ${next}`].join("");
};

const changes = (actions: readonly Action[]): string =>
  `${actions.length} ${actions.length === 1 ? "change" : "changes"}`;

/** `not_attempted` as people read it. */
export const outcomeWords = (kind: OutcomeKind): string => kind.replace("_", " ");

/** One line about how a host ended. */
export const describeOutcome = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case "compliant":
      return "nothing to change";
    case "changed":
      return outcome.undone === true
        ? `${changes(outcome.actions)} put back`
        : `${changes(outcome.actions)} made and proven${trialWords(outcome.trial)}`;
    case "drifted":
      return describeDrift(outcome);
    case "failed":
    case "unreachable":
      return describeFailure(outcome.failure);
    case "reverted":
      return `put back: ${describeFailure(outcome.failure)}`;
    case "unknown":
      return `${describeFailure(outcome.failure)}; what was sent may or may not have been done: audit this host`;
    case "not_attempted":
    case "skipped":
      return printable(outcome.because);
  }
};

const trialWords = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` until ${durationText(seconds)} from now (trial): then the old values return`;

const describeDrift = ({ actions, needs, done }: Extract<Outcome, { kind: "drifted" }>): string =>
  [
    ...(done === undefined ? [] : [`${changes(done)} made`]),
    ...(actions.length === 0 ? [] : [`${changes(actions)} pending`]),
    ...needs.map((need) => `needs ${printable(need)}`),
  ].join("; ");

/** `file:line:column path: what and what was expected`. */
export const describeProblem = ({ at, path, message }: Problem): string =>
  printable(
    `${at.line === 0 ? at.file : `${at.file}:${at.line}:${at.column}`} ${path === "" ? "" : `${path}: `}${message}`,
  );
