import type { HostReport } from "../../model/outcome.ts";
import { exitCode } from "../../report/exit.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { newRunId, openWalk, targetsOf, withBecomePassword } from "../fleet.ts";
import { auditPlaybook, load } from "../load.ts";
import type { FleetOptions } from "../options.ts";
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
  const loaded = await load(options, playbook ?? auditPlaybook());
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const asked = await withBecomePassword(options);
  if (asked === undefined) return 1;
  const checked = targetsOf(loaded.value, asked);
  if (checked.kind === "problems") return refuse(checked.problems);
  const targets = checked.value;
  if (targets.length === 0) return noHost();

  const stop = listenForStop(say);
  const progress = progressLine(command === "drift");
  const hosts = targets.map((target) => target.host);
  const walk = await openWalk(options, hosts, { onProgress: progress.on, stop: stop.signal });
  const surveys = await surveyFleet(targets, { ...walk, sessions: { ...walk.sessions, release: closeAtOnce } });
  progress.end();

  const reports: readonly HostReport[] = hosts.map(({ name }) => reportSurvey(name, surveys.get(name)));
  const rules = { findingsCount: true, failOn: options.failOn, maxUnreachable: options.maxUnreachable };
  const exit = stop.exit() ?? exitCode(reports, rules);
  print(printReport({ command, run: newRunId(new Date()), exit, hosts: reports }, options));
  return exit;
};

/** Nothing comes after the gathering: connections are not kept. */
const closeAtOnce = (_host: unknown, remote: { readonly close: () => void }): void => remote.close();

export const noHost = (): 1 => {
  say("ctfleet: no host matched: the plays' hosts and --limit have none in common");
  return 1;
};
