import { foldNames } from "../inventory/fold.ts";
import type { HostName } from "../model/brand.ts";
import { dangers } from "../report/dangers.ts";
import { plural, textReport } from "../report/text.ts";
import { reportSurvey, type Survey, type Target } from "../rollout/survey.ts";
import { askYes, canAsk } from "./ask.ts";
import { coloursFor, say } from "./console.ts";
import type { FleetOptions } from "./options.ts";

type Asking = { readonly options: FleetOptions; readonly stop: AbortSignal };

/** Shows what would be done and asks once. Nobody to ask and no `--yes` is a no. */
export const agreed = async (
  targets: readonly Target[],
  surveys: ReadonlyMap<HostName, Survey>,
  { options, stop }: Asking,
): Promise<boolean> => {
  const before = targets.map(({ host: { name } }) => reportSurvey(name, surveys.get(name)));
  const drifted = before.filter(({ outcome }) => outcome.kind === "drifted" && outcome.actions.length > 0).length;
  if (options.yes === true || drifted === 0) return true;
  const colours = coloursFor(process.stderr);
  say(textReport(before, { colours, diffs: true, from: "info", brief: false, fold: options.verbose === 0 }));
  const lost = before.filter(({ outcome: { kind } }) => kind === "unreachable" || kind === "failed");
  if (lost.length > 0)
    say(
      `${foldNames(lost.map(({ name }) => name))}: cannot be changed, and count as failed: more than max_fail_percentage in a batch stop the play there`,
    );
  for (const line of dangers(before)) say(line);
  return confirmed(`Change ${plural(drifted, "host")}?`, stop);
};

/** Asks a person. */
export const confirmed = async (question: string, stop: AbortSignal): Promise<boolean> => {
  if (!canAsk()) {
    say("ctfleet: not changing anything: there is no terminal to ask on; use --yes");
    return false;
  }
  if (await askYes(`${question} [y/N] `, stop)) return true;
  say("ctfleet: nothing was changed");
  return false;
};
