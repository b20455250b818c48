import type { HostReport } from "../../model/outcome.ts";
import { describeProblem } from "../../report/describe.ts";
import { exitCode } from "../../report/exit.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { checkTwins } from "../connector.ts";
import { print, say, tolerateClosedPipes } from "../console.ts";
import { newRunId, openWalk } from "../fleet.ts";
import { auditPlaybook } from "../load-plays.ts";
import type { FleetOptions } from "../options.ts";
import { prepare } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { progressLine } from "../progress.ts";
import { listenForStop } from "../signals.ts";

/** `audit`, `plan` and `drift`: one path, told in three ways. Nothing is changed on any host. */
export const check = async (
  command: "audit" | "plan" | "drift",
  options: FleetOptions,
  playbook: string | undefined,
): Promise<number> => {
  tolerateClosedPipes();
  const prepared = await prepare(options, playbook ?? auditPlaybook());
  if (prepared === 1) return 1;
  const { targets, routes, passwords } = prepared;
  for (const problem of checkTwins(routes)) say(describeProblem(problem));
  const stop = listenForStop(say);
  const progress = progressLine({ quiet: command === "drift", verbose: options.verbose > 0 });
  const hosts = targets.map((target) => target.host);
  const walk = await openWalk(options, routes, { passwords, onProgress: progress.on, stop: stop.signal });
  const surveys = await surveyFleet(targets, { ...walk, sessions: { ...walk.sessions, release: closeAtOnce } });
  await walk.close();
  progress.end();

  const reports: readonly HostReport[] = hosts.map(({ name }) => reportSurvey(name, surveys.get(name)));
  const rules = { findingsCount: true, failOn: options.failOn, maxUnreachable: options.maxUnreachable };
  const exit = stop.exit() ?? exitCode(reports, rules);
  print(printReport({ command, run: newRunId(new Date()), exit, hosts: reports }, options));
  return exit;
};

/** Nothing comes after the gathering: connections are not kept. */
const closeAtOnce = (_host: unknown, remote: { readonly close: () => void }): void => remote.close();
