import type { HostReport } from "../../model/outcome.ts";
import { exitCode } from "../../report/exit.ts";
import { plural, textReport } from "../../report/text.ts";
import { applyFleet } from "../../rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { askYes, canAsk } from "../ask.ts";
import { checkTwins } from "../connector.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { newRunId, openWalk } from "../fleet.ts";
import type { FleetOptions } from "../options.ts";
import { prepare } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { progressLine } from "../progress.ts";
import { listenForStop } from "../signals.ts";
import { check } from "./check.ts";

/** `apply`: gather all, show, ask, walk the batches, prove. */
export const apply = async (options: FleetOptions, playbook: string): Promise<number> => {
  if (options.check === true) return check("plan", options, playbook);
  tolerateClosedPipes();
  const prepared = await prepare(options, playbook);
  if (prepared === 1) return 1;
  const { plays, targets, routes, passwords } = prepared;
  const twins = checkTwins(routes);
  if (twins.length > 0) return refuse(twins);
  const stop = listenForStop(say);
  const progress = progressLine({ quiet: false, verbose: options.verbose > 0 });
  const run = newRunId(new Date());
  const walk = await openWalk(options, routes, { passwords, onProgress: progress.on, stop: stop.signal });
  try {
    const surveys = await surveyFleet(targets, walk);
    progress.end();
    const before = targets.map(({ host }) => reportSurvey(host.name, surveys.get(host.name)));
    const declined = !stop.signal.aborted && !(await agreed(before, options, stop.signal));
    // A stop at the question is no answer: the report says what was not attempted.
    if (declined && stop.exit() === undefined) return 1;
    const hosts = await applyFleet(plays, targets, surveys, { run, walk });
    progress.end();
    const rules = { findingsCount: false, failOn: options.failOn, maxUnreachable: options.maxUnreachable };
    const exit = stop.exit() ?? exitCode(hosts, rules);
    print(printReport({ command: "apply", run, exit, hosts }, options));
    return exit;
  } finally {
    await walk.close();
  }
};

/** Shows what would be done and asks once. Nobody to ask and no `--yes` is a no. */
const agreed = async (before: readonly HostReport[], options: FleetOptions, stop: AbortSignal): Promise<boolean> => {
  const drifted = before.filter((host) => host.outcome.kind === "drifted").length;
  if (options.yes === true || drifted === 0) return true;
  const colours = coloursFor(process.stderr);
  say(textReport(before, { colours, diffs: true, from: "info", brief: false, fold: options.verbose === 0 }));
  if (!canAsk()) {
    say("ctfleet: not changing anything: there is no terminal to ask on; use --yes");
    return false;
  }
  if (await askYes(`Change ${plural(drifted, "host")}? [y/N] `, stop)) return true;
  say("ctfleet: nothing was changed");
  return false;
};
