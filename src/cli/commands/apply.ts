import type { HostReport } from "../../model/outcome.ts";
import { exitCode } from "../../report/exit.ts";
import { plural, textReport } from "../../report/text.ts";
import { applyFleet } from "../../rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { askYes, canAsk } from "../ask.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { newRunId, openWalk, targetsOf, withBecomePassword } from "../fleet.ts";
import { load } from "../load.ts";
import type { FleetOptions } from "../options.ts";
import { printReport } from "../print-report.ts";
import { progressLine } from "../progress.ts";
import { listenForStop } from "../signals.ts";
import { check, noHost } from "./check.ts";

/** `apply`: gather all, show, ask, walk the batches, prove. */
export const apply = async (options: FleetOptions, playbook: string | undefined): Promise<number> => {
  if (options.check === true) return check("plan", options, playbook);
  tolerateClosedPipes();
  const loaded = await load(options, playbook ?? "");
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const asked = await withBecomePassword(options);
  if (asked === undefined) return 1;
  const checked = targetsOf(loaded.value, asked);
  if (checked.kind === "problems") return refuse(checked.problems);
  const targets = checked.value;
  if (targets.length === 0) return noHost();

  const stop = listenForStop(say);
  const progress = progressLine(false);
  const run = newRunId(new Date());
  const walk = await openWalk(
    options,
    targets.map((target) => target.host),
    { onProgress: progress.on, stop: stop.signal },
  );
  try {
    const surveys = await surveyFleet(targets, walk);
    progress.end();
    const before = targets.map(({ host }) => reportSurvey(host.name, surveys.get(host.name)));
    const declined = !stop.signal.aborted && !(await agreed(before, options, stop.signal));
    // A stop at the question is no answer: the report says what was not attempted.
    if (declined && stop.exit() === undefined) return 1;
    const plays = loaded.value.plays.map((one) => one.play);
    const hosts = await applyFleet(plays, targets, surveys, { run, walk });
    progress.end();
    const rules = { findingsCount: false, failOn: options.failOn, maxUnreachable: options.maxUnreachable };
    const exit = stop.exit() ?? exitCode(hosts, rules);
    print(printReport({ command: "apply", run, exit, hosts }, options));
    return exit;
  } finally {
    walk.sessions.closeAll();
  }
};

/** Shows what would be done and asks once. Nobody to ask and no `--yes` is a no. */
const agreed = async (before: readonly HostReport[], options: FleetOptions, stop: AbortSignal): Promise<boolean> => {
  const drifted = before.filter((host) => host.outcome.kind === "drifted").length;
  if (options.yes === true || drifted === 0) return true;
  const colours = coloursFor(process.stderr);
  say(textReport(before, { colours, diffs: true, from: "info", brief: false }));
  if (!canAsk()) {
    say("ctfleet: not changing anything: there is no terminal to ask on; use --yes");
    return false;
  }
  if (await askYes(`Change ${plural(drifted, "host")}? [y/N] `, stop)) return true;
  say("ctfleet: nothing was changed");
  return false;
};
