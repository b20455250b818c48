import { factsToData } from "../../facts/data.ts";
import type { Failure } from "../../model/failure.ts";
import type { HostReport } from "../../model/outcome.ts";
import { exitCode } from "../../report/exit.ts";
import { type HostFacts, jsonFacts, textFacts } from "../../report/facts.ts";
import { jsonReport } from "../../report/json.ts";
import { textPing } from "../../report/ping.ts";
import { failedOutcome } from "../../rollout/survey.ts";
import { gatherFacts, ping as pingHost, type Visited, visitAll } from "../../rollout/visit.ts";
import { planRoutes } from "../connector.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { askPasswords, becomeOf, newRunId, openWalk, withPassword } from "../fleet.ts";
import { loadHosts } from "../load-inventory.ts";
import type { FleetOptions } from "../options.ts";
import { noHost } from "../prepare.ts";
import { progressLine } from "../progress.ts";
import { listenForStop } from "../signals.ts";

/** `facts`: what the probe sees on each host. */
export const facts = (options: FleetOptions): Promise<number> =>
  look("facts", options, async (one, walk) => {
    const gathered = await gatherFacts(one, walk);
    return gathered.kind === "failed" ? gathered : { kind: "ok", data: factsToData(gathered.facts) };
  });

/** `ping`: connect, authenticate, become; nothing else. */
export const ping = (options: FleetOptions): Promise<number> =>
  look("ping", options, async (one, walk) => {
    const pinged = await pingHost(one, walk);
    return pinged.kind === "failed" ? pinged : { kind: "ok", data: { uid: Number(pinged.uid) } };
  });

type Looked =
  | { readonly kind: "ok"; readonly data: HostFacts["facts"] }
  | { readonly kind: "failed"; readonly failure: Failure };
type Walk = Awaited<ReturnType<typeof openWalk>>;

const look = async (
  command: "facts" | "ping",
  options: FleetOptions,
  visit: (one: Visited, walk: Walk) => Promise<Looked>,
): Promise<number> => {
  tolerateClosedPipes();
  const loaded = await loadHosts(options);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const hosts = loaded.value;
  if (hosts.length === 0) return noHost();
  const routes = await planRoutes(options, hosts);
  if (routes.kind === "problems") return refuse(routes.problems);
  const passwords = await askPasswords(options);
  if (passwords === undefined) return 1;
  const stop = listenForStop(say);
  const progress = progressLine({ quiet: true, verbose: options.verbose > 0 });
  const walk = await openWalk(options, routes.value, { passwords, onProgress: progress.on, stop: stop.signal });
  const visited = routes.value.map((route) => {
    const become = withPassword(becomeOf(route, undefined, options), passwords.become);
    return { host: route.host, become };
  });
  const seen = await visitAll(visited, walk, (one) => visit(one, walk));
  await walk.close();

  const told = hosts.map(({ name }, at) => ({ report: reportOf(name, seen[at]), facts: factsOf(seen[at]) }));
  const reports = told.map(({ report }) => report);
  const rules = { findingsCount: false, failOn: options.failOn, maxUnreachable: options.maxUnreachable };
  const exit = stop.exit() ?? exitCode(reports, rules);
  const run = newRunId(new Date());
  const colours = coloursFor(process.stdout);
  if (options.output === "json")
    print(
      command === "facts"
        ? jsonFacts({ command, run, exit, hosts: told })
        : jsonReport({ command, run, exit, hosts: reports }),
    );
  else if (command === "facts") print(textFacts(told, colours));
  else
    print(
      textPing(
        told.map(({ report, facts: seen }) => ({ report, uid: uidOf(seen) })),
        { colours, fold: options.verbose === 0 },
      ),
    );
  return exit;
};

const uidOf = (seen: HostFacts["facts"] | undefined): number | undefined =>
  typeof seen?.uid === "number" ? seen.uid : undefined;

const reportOf = (name: HostReport["name"], looked: Looked | undefined): HostReport => {
  if (looked === undefined)
    return {
      name,
      outcome: { kind: "not_attempted", because: "the run was stopped before", actions: [] },
      findings: [],
    };
  return {
    name,
    outcome: looked.kind === "ok" ? { kind: "compliant" } : failedOutcome(looked.failure, []),
    findings: [],
  };
};

const factsOf = (looked: Looked | undefined): HostFacts["facts"] | undefined =>
  looked?.kind === "ok" ? looked.data : undefined;
