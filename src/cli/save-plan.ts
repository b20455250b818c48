import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { foldNames } from "../inventory/fold.ts";
import type { HostName, RunId } from "../model/brand.ts";
import { valueOf } from "../model/reading.ts";
import type { SavedHost, SavedPlan } from "../plan/saved-plan.ts";
import { type PlayedPlan, stateHash } from "../plan/state-hash.ts";
import { describeProblem } from "../report/describe.ts";
import { savedPlanSummary } from "../report/saved-plan.ts";
import type { Survey, Target } from "../rollout/survey.ts";
import { say } from "./console.ts";
import { keptOptions } from "./kept-options.ts";
import type { FleetOptions } from "./options.ts";
import { writePlan } from "./plan-file.ts";
import type { PreparedPlays } from "./prepare.ts";

type Planned = {
  readonly run: RunId;
  readonly playbook: string;
  readonly prepared: PreparedPlays;
  readonly surveys: ReadonlyMap<HostName, Survey>;
  readonly options: FleetOptions;
};

/** Writes what was planned, for `apply --plan`; false where it cannot be, which was said. Hosts that could not be read are not in it. */
export const savePlan = async (
  file: string,
  { run, playbook, prepared, surveys, options }: Planned,
): Promise<boolean> => {
  if ((options.extraVars ?? []).length > 0) {
    say(
      `ctfleet: ${file} was not written: variables of -e are not kept in a saved plan; put them into a file of variables`,
    );
    return false;
  }
  const plan: SavedPlan = {
    ...{ run, made: Date.now(), playbook: resolve(playbook), digest: prepared.digest },
    seed: options.seed ?? randomInt(2 ** 32),
    options: keptOptions(options),
    hosts: prepared.targets.flatMap((target) => savedHost(target, prepared, surveys.get(target.host.name))),
  };
  const written = await writePlan(file, plan);
  if (written.kind === "problems") {
    for (const problem of written.problems) say(describeProblem(problem));
    return false;
  }
  for (const line of savedPlanSummary(plan, file)) say(line);
  const left = prepared.targets
    .map(({ host }) => host.name)
    .filter((name) => !plan.hosts.some((one) => one.name === name));
  if (left.length > 0) say(`not in the plan: ${foldNames(left)}`);
  return true;
};

const savedHost = (target: Target, { plays }: PreparedPlays, survey: Survey | undefined): readonly SavedHost[] => {
  if (survey?.kind !== "planned") return [];
  const plans = playedPlans(survey, plays);
  return [{ name: target.host.name, boot: valueOf(survey.boot), state: stateHash(plans), plans }];
};

/** A host's plans with the places of their plays in the playbook. */
export const playedPlans = (
  survey: Extract<Survey, { kind: "planned" }>,
  plays: PreparedPlays["plays"],
): readonly PlayedPlan[] => survey.plans.map(({ play, plan }) => ({ play: plays.indexOf(play), plan }));
