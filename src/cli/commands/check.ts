import { describeProblem } from "../../report/describe.ts";
import { reportSurvey, surveyFleet, type Walk } from "../../rollout/survey.ts";
import { allAtOnce } from "../all-at-once.ts";
import { print, say, tolerateClosedPipes } from "../console.ts";
import { auditPlaybook } from "../load-plays.ts";
import type { FleetOptions } from "../options.ts";
import { checkTwins } from "../plan-routes.ts";
import { hostCounts, preparePlays } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { savePlan } from "../save-plan.ts";
import { startRun } from "../start-run.ts";

/** `audit`, `plan` and `drift`: one path, told in three ways. Nothing is changed on any host. */
export const check = async (
  command: "audit" | "plan" | "drift",
  options: FleetOptions,
  playbook: string | undefined,
): Promise<number> => {
  tolerateClosedPipes();
  const file = playbook ?? auditPlaybook();
  const prepared = await preparePlays(options, file);
  if (prepared === 1) return 1;
  const { targets, routes } = prepared;
  // An apply refuses these.
  const refused = [...checkTwins(routes), ...(command === "plan" ? allAtOnce(hostCounts(prepared), options) : [])];
  for (const problem of refused) say(describeProblem(problem));
  const run = startRun(options, { quiet: command === "drift" });
  const surveys = await run.walk(prepared, (walk) => surveyFleet(targets, keepingNothing(walk)));
  const hosts = targets.map(({ host: { name } }) => reportSurvey(name, surveys.get(name)));
  const exit = run.exit(hosts, true);
  print(printReport({ command, run: run.id, exit, hosts }, options));
  if (options.out === undefined) return exit;
  return (await savePlan(options.out, { run: run.id, playbook: file, prepared, surveys, options })) ? exit : 1;
};

/** Nothing comes after the gathering: connections are closed at once. */
const keepingNothing = (walk: Walk): Walk => ({
  ...walk,
  sessions: { ...walk.sessions, release: (_host, remote) => remote.close() },
});
