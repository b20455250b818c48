import { foldNames } from "../inventory/fold.ts";
import type { Action } from "../model/action.ts";
import { append } from "../model/append.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { HostReport, OutcomeKind } from "../model/outcome.ts";
import { describeOutcome, outcomeWords } from "./describe.ts";
import { describeAction } from "./describe-action.ts";
import { actionDiff } from "./diff.ts";
import { printable } from "./escape.ts";
import { atLeast } from "./severity.ts";
import { summarise, worstLast } from "./summary.ts";

/** How to colour words; each is the identity where colour is off. */
export type Colours = {
  readonly [name in "good" | "changed" | "warning" | "bad" | "faint" | "bold"]: (text: string) => string;
};

export type TextOptions = {
  readonly colours: Colours;
  /** Show the diffs of file actions. */
  readonly diffs: boolean;
  /** Findings below this severity are left out of the text. */
  readonly from: Severity;
  /** For cron's mail: one line for each host, and no summary. */
  readonly brief: boolean;
  /** Hosts of which the same is to be said share one block: `web[01-20,22]`. */
  readonly fold: boolean;
};

/** What people read: a block per host or per hosts that ended alike, the worst last, then the summary. */
export const textReport = (hosts: readonly HostReport[], options: TextOptions): string => {
  const told = worstLast(hosts).map((host) => ({ name: host.name, text: hostText(host, options) }));
  const blocks = inColumns(options.fold ? folded(told) : told, options.colours);
  const summary = options.brief ? "" : `\n${summaryLine(hosts, options.colours)}\n`;
  return `${blocks.join("\n")}\n${summary}`;
};

export type Told = { readonly name: string; readonly text: string };

/** Hosts of which the same is told share one entry, where the first of them stood. */
export const folded = (told: readonly Told[]): readonly Told[] => {
  const names = new Map<string, string[]>();
  for (const { name, text } of told) append(names, text, name);
  return [...names].map(([text, alike]) => ({ name: foldNames(alike), text }));
};

/** Each name before what is told of it, in a column as wide as the names, or as 32 characters. */
export const inColumns = (told: readonly Told[], colours: Colours): readonly string[] => {
  const width = told.reduce((most, { name }) => Math.max(most, Math.min(32, name.length)), 4);
  return told.map(({ name, text }) => `${colours.bold(printable(name).padEnd(width))}  ${text}`);
};

const hostText = ({ outcome, findings: all }: HostReport, options: TextOptions): string => {
  const findings = all.filter((one) => atLeast(one.severity, options.from));
  const { kind } = outcome;
  const head = `${paint(kind, options.colours)(outcomeWords(kind).padEnd(13))}  ${describeOutcome(outcome)}`;
  if (options.brief) return [head, ...findings.map(({ code, title }) => `${code} ${title}`)].join("; ");
  const actions =
    "actions" in outcome ? [...((outcome.kind === "drifted" && outcome.done) || []), ...outcome.actions] : [];
  return [
    head,
    ...actions.flatMap((action) => (isUndone(outcome) ? [undoneLine(action, options)] : actionLines(action, options))),
    ...findings.map((one) => findingLine(one, options.colours)),
  ].join("\n");
};

const isUndone = (outcome: HostReport["outcome"]): boolean => outcome.kind === "changed" && outcome.undone === true;

/** Of a change that was put back there is nothing to be seen any more. */
const undoneLine = (action: Action, { colours }: TextOptions): string =>
  `    ${colours.changed("~")} put back: ${describeAction(action)}`;

const actionLines = (action: Action, { colours, diffs }: TextOptions): readonly string[] => {
  const diff = diffs ? actionDiff(action) : undefined;
  return [
    `    ${colours.changed("~")} ${describeAction(action)}`,
    ...(diff === undefined
      ? []
      : diff
          .trimEnd()
          .split("\n")
          .map((line) => `      ${paintDiff(line, colours)}`)),
  ];
};

const paintDiff = (line: string, colours: Colours): string =>
  line.startsWith("+") ? colours.good(line) : line.startsWith("-") ? colours.bad(line) : line;

const findingLine = (found: Finding, colours: Colours): string => {
  const tone = { info: colours.faint, warning: colours.warning, error: colours.bad }[found.severity];
  const evidence = found.evidence === "" ? "" : ` (${printable(found.evidence)})`;
  const remedy = found.severity === "info" ? "" : colours.faint(`\n      -> ${found.remedy}`);
  return `    ${tone(`${found.code} ${found.severity}`)}  ${found.title}${evidence}${remedy}`;
};

/** `12 hosts: 9 compliant, 2 skipped, 1 failed; findings: 1 error, 3 warnings` */
export const summaryLine = (hosts: readonly HostReport[], colours: Colours): string => {
  const parts = countsOf(hosts).map(([kind, count]) => paint(kind, colours)(countWords(kind, count)));
  const found = (["error", "warning"] as const).flatMap((severity) => {
    const count = hosts.flatMap((host) => host.findings).filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  const findings = found.length === 0 ? "" : `; findings: ${found.join(", ")}`;
  return `${plural(hosts.length, "host")}: ${parts.join(", ")}${findings}`;
};

/** How many hosts ended in each way. */
const countsOf = (hosts: readonly HostReport[]) => Object.entries(summarise(hosts)) as [OutcomeKind, number][];

const countWords = (kind: OutcomeKind, count: number): string => `${count} ${outcomeWords(kind)}`;

/** `9 compliant, 2 skipped`; empty where there are no hosts. */
export const outcomeCounts = (hosts: readonly HostReport[]): string =>
  countsOf(hosts)
    .map(([kind, count]) => countWords(kind, count))
    .join(", ");

/** `1 host`, `2 hosts` */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const paint = (kind: OutcomeKind, colours: Colours): ((text: string) => string) => {
  switch (kind) {
    case "compliant":
      return colours.good;
    case "changed":
    case "drifted":
      return colours.changed;
    case "skipped":
    case "not_attempted":
      return colours.faint;
    case "failed":
    case "unreachable":
    case "reverted":
    case "unknown":
      return colours.bad;
  }
};
