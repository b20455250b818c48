import { foldNames } from "../../inventory/fold.ts";
import type { HostReport } from "../../model/outcome.ts";
import { plural, textReport } from "../../report/text.ts";
import { applyFleet } from "../../rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { askYes, canAsk } from "../ask.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import type { FleetOptions } from "../options.ts";
import { checkTwins } from "../plan-routes.ts";
import { preparePlays } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { startRun } from "../start-run.ts";
import { check } from "./check.ts";

/** `apply`: gather all, show, ask, walk the batches, prove. */
export const apply = async (options: FleetOptions, playbook: string): Promise<number> => {
  if (options.check === true) return check("plan", options, playbook);
  tolerateClosedPipes();
  const prepared = await preparePlays(options, playbook);
  if (prepared === 1) return 1;
  const { plays, targets, routes } = prepared;
  const twins = checkTwins(routes);
  if (twins.length > 0) return refuse(twins);
  const run = startRun(options, { quiet: false });
  const { signal } = run.stop;
  const hosts = await run.walk(prepared, async (walk) => {
    const surveys = await surveyFleet(targets, walk);
    run.progress.end();
    const before = targets.map(({ host: { name } }) => reportSurvey(name, surveys.get(name)));
    const declined = !signal.aborted && !(await agreed(before, options, signal));
    // A stop at the question is no answer: the report says what was not attempted.
    if (declined && run.stop.exit() === undefined) return undefined;
    return applyFleet(plays, targets, surveys, { run: run.id, walk });
  });
  if (hosts === undefined) return 1;
  const exit = run.exit(hosts, false);
  print(printReport({ command: "apply", run: run.id, exit, hosts }, options));
  return exit;
};

/** Shows what would be done and asks once. Nobody to ask and no `--yes` is a no. */
const agreed = async (before: readonly HostReport[], options: FleetOptions, stop: AbortSignal): Promise<boolean> => {
  const drifted = before.filter((host) => host.outcome.kind === "drifted").length;
  if (options.yes === true || drifted === 0) return true;
  const colours = coloursFor(process.stderr);
  say(textReport(before, { colours, diffs: true, from: "info", brief: false, fold: options.verbose === 0 }));
  const lost = before.filter(({ outcome: { kind } }) => kind === "unreachable" || kind === "failed");
  if (lost.length > 0)
    say(
      `${foldNames(lost.map(({ name }) => name))}: cannot be changed, and count as failed: more than max_fail_percentage in a batch stop the play there`,
    );
  if (!canAsk()) {
    say("ctfleet: not changing anything: there is no terminal to ask on; use --yes");
    return false;
  }
  if (await askYes(`Change ${plural(drifted, "host")}? [y/N] `, stop)) return true;
  say("ctfleet: nothing was changed");
  return false;
};
