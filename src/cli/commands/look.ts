import { factTable } from "../../expr/fact-table.ts";
import { factsToData } from "../../facts/data.ts";
import type { Facts } from "../../model/facts.ts";
import type { Failure } from "../../model/failure.ts";
import type { HostReport } from "../../model/outcome.ts";
import { jsonFacts, textFacts } from "../../report/facts.ts";
import { jsonReport, type RunReport } from "../../report/json.ts";
import { textPing } from "../../report/ping.ts";
import { failedOutcome, notStarted, type Walk } from "../../rollout/survey.ts";
import { gatherFacts, ping as pingHost, type Visited, visitAll } from "../../rollout/visit.ts";
import { coloursFor, print, tolerateClosedPipes } from "../console.ts";
import type { FleetOptions } from "../options.ts";
import { prepareHosts } from "../prepare.ts";
import { startRun } from "../start-run.ts";

/** The facts with what is worked out from them, by the names that expressions have: `next_boot.max`. */
const withOutlook = (facts: Facts): Facts => {
  const event = (name: string) =>
    Object.fromEntries(
      ["loaded", "max", "buckets", "keys"].flatMap((field) => {
        const row = factTable.get(`${name}.${field}`);
        return row === undefined ? [] : [[field, row.reading(facts)]];
      }),
    );
  return Object.assign({}, facts, { nextBoot: event("next_boot"), nextRestart: event("next_restart") });
};

/** `facts`: what the probe sees on each host. */
export const facts = async (options: FleetOptions): Promise<number> => {
  const looked = await look("facts", options, async (one, walk) => {
    const gathered = await gatherFacts(one, walk);
    return gathered.kind === "failed" ? gathered : { kind: "ok", seen: factsToData(withOutlook(gathered.facts)) };
  });
  if (looked === 1) return 1;
  const { hosts, run } = looked;
  const told = hosts.map(({ report, seen }) => ({ report, facts: seen }));
  print(options.output === "json" ? jsonFacts({ ...run, hosts: told }) : textFacts(told, coloursFor(process.stdout)));
  return run.exit;
};

/** `ping`: connect, authenticate, become; nothing else. */
export const ping = async (options: FleetOptions): Promise<number> => {
  const looked = await look("ping", options, async (one, walk) => {
    const pinged = await pingHost(one, walk);
    return pinged.kind === "failed" ? pinged : { kind: "ok", seen: Number(pinged.uid) };
  });
  if (looked === 1) return 1;
  const { hosts, run } = looked;
  const told = hosts.map(({ report, seen }) => ({ report, uid: seen }));
  const how = { colours: coloursFor(process.stdout), fold: options.verbose === 0 };
  print(options.output === "json" ? jsonReport(run) : textPing(told, how));
  return run.exit;
};

type Visit<T> = (
  one: Visited,
  walk: Walk,
) => Promise<{ readonly kind: "ok"; readonly seen: T } | { readonly kind: "failed"; readonly failure: Failure }>;

type Looked<T> = {
  readonly run: RunReport;
  /** `seen` is undefined where the host did not answer: its report says why. */
  readonly hosts: readonly { readonly report: HostReport; readonly seen: T | undefined }[];
};

/** Visits every host once, in any order; exit code 1 where the run cannot start, after it has said why. */
const look = async <T>(command: string, options: FleetOptions, visit: Visit<T>): Promise<Looked<T> | 1> => {
  tolerateClosedPipes();
  const prepared = await prepareHosts(options);
  if (prepared === 1) return 1;
  const { visited } = prepared;
  const run = startRun(options, { quiet: true });
  const looked = await run.walk(prepared, (walk) => visitAll(visited, walk, visit));
  const hosts = visited.map(({ host: { name } }, at) => {
    const one = looked[at];
    if (one?.kind === "ok")
      return { report: { name, outcome: { kind: "compliant" }, findings: [] } as const, seen: one.seen };
    const outcome = one === undefined ? notStarted([]) : failedOutcome(one.failure, []);
    return { report: { name, outcome, findings: [] }, seen: undefined };
  });
  const reports = hosts.map(({ report }) => report);
  return { run: { command, run: run.id, exit: run.exit(reports, false), hosts: reports }, hosts };
};
