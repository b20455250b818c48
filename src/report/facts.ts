import type { Data } from "../facts/data.ts";
import type { HostReport } from "../model/outcome.ts";
import { describeOutcome } from "./describe.ts";
import { printable, safeJson } from "./escape.ts";
import { jsonHost } from "./json.ts";
import { summarise } from "./summary.ts";
import { type Colours, summaryLine } from "./text.ts";

/** A host as `facts` tells of it: its facts, or how it failed. */
export type HostFacts = {
  readonly report: HostReport;
  readonly facts: { readonly [name: string]: Data } | undefined;
};

type FactsReport = {
  readonly command: string;
  readonly run: string;
  readonly exit: number;
  readonly hosts: readonly HostFacts[];
};

/** The report for scripts: that of every command, with `facts` beside each host that answered. */
export const jsonFacts = ({ command, run, exit, hosts }: FactsReport): string => {
  const told = hosts.map(({ report, facts }) => ({ ...jsonHost(report), ...(facts === undefined ? {} : { facts }) }));
  const summary = summarise(hosts.map(({ report }) => report));
  return `${safeJson({ schema: 1, command, run, exit, summary, hosts: told })}\n`;
};

/** For people: a line per fact, `conntrack.max: 262144`; what is absent is left out, what was not readable is told last. */
export const textFacts = (hosts: readonly HostFacts[], colours: Colours): string => {
  const blocks = hosts.map(({ report, facts }) => {
    const head = colours.bold(printable(report.name));
    if (facts === undefined) return `${head}  ${colours.bad(report.outcome.kind)}  ${describeOutcome(report.outcome)}`;
    return [head, ...factLines(facts, "").map((line) => `  ${line}`)].join("\n");
  });
  return `${blocks.join("\n")}\n\n${summaryLine(
    hosts.map(({ report }) => report),
    colours,
  )}\n`;
};

const factLines = (value: Data, path: string): readonly string[] => {
  if (value === null) return [];
  if (typeof value !== "object") return [`${path}: ${printable(String(value))}`];
  if (Array.isArray(value))
    return value.map(
      (item: Data) => `${path}: ${printable(typeof item === "object" ? JSON.stringify(item) : String(item))}`,
    );
  return Object.entries(value).flatMap(([name, inner]) => factLines(inner, path === "" ? name : `${path}.${name}`));
};
