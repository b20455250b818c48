import type { Action } from "../model/action.ts";
import { type BootId, type HostName, type HostPath, isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { argvKey, type Facts } from "../model/facts.ts";
import { type Failure, isUnreachable } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import type { HostPlan } from "../model/plan.ts";
import { absent, type Reading, read } from "../model/reading.ts";
import type { Ask, CompiledPlay } from "../plan/compile.ts";
import { planHost } from "../plan/plan-host.ts";
import type { Become } from "../remote/become.ts";
import { defect } from "./defect.ts";
import type { Deadlines, Effects, OnProgress } from "./effects.ts";
import { type Aside, forksOf } from "./forks.ts";
import { gather } from "./gather.ts";
import type { Sessions } from "./sessions.ts";

/** A host and the plays that name it, in the playbook's order. */
export type Target = { readonly host: Host; readonly plays: readonly CompiledPlay[]; readonly become: Become };

/** What one gathering gave: a plan for each play of the host, or why there is none. */
export type Survey = PlannedSurvey | { readonly kind: "failed"; readonly failure: Failure };

export type PlannedSurvey = {
  readonly kind: "planned";
  readonly plans: readonly PlayPlan[];
  /** The boot that was seen: what proves a reboot. */
  readonly boot: Reading<BootId>;
  /** What ctfleet has left there: who works on it, a change that waits for its confirmation, one that was put back. */
  readonly own: Pick<Facts, "lock" | "pending" | "reverted">;
  /** Packets that conntrack has dropped since this boot. */
  readonly drops: Reading<number>;
};

export type PlayPlan = { readonly play: CompiledPlay; readonly plan: HostPlan };

export type Walk = {
  readonly effects: Effects;
  readonly sessions: Sessions;
  readonly deadlines: Deadlines;
  readonly forks: number;
  readonly onProgress: OnProgress;
  /** Aborted: what is under way is finished, nothing new is started. */
  readonly stop: AbortSignal;
};

/** The same walk for a host that gives its fork to others while it waits to connect. */
export const steppingAside = (walk: Walk, aside: Aside): Walk => ({
  ...walk,
  sessions: { ...walk.sessions, open: (host) => walk.sessions.open(host, aside) },
});

/** The same walk for a host that is under way: every contact is a new connection, and a stop does not end it. */
export const anew = (walk: Walk): Walk => ({ ...walk, sessions: { ...walk.sessions, open: walk.sessions.openOnce } });

/** The same, over the connection that the last reading came over, as long as it is there. */
export const goingOn = (walk: Walk): Walk => ({ ...walk, sessions: { ...walk.sessions, open: walk.sessions.goOn } });

/** Gathers and plans every target, `forks` at a time. Facts are dropped once they are planned. */
export const surveyFleet = async (targets: readonly Target[], walk: Walk): Promise<ReadonlyMap<HostName, Survey>> => {
  const forks = forksOf(walk.forks);
  const surveys = new Map<HostName, Survey>();
  await Promise.all(
    targets.map((target) =>
      forks.run(async (aside) => {
        if (walk.stop.aborted) return;
        const { name } = target.host;
        surveys.set(name, await surveySafely(target, steppingAside(walk, aside)));
        walk.onProgress({ kind: "gathered", host: name, done: surveys.size, of: targets.length });
      }),
    ),
  );
  return surveys;
};

/** A defect on one host must not take the others' results with it. */
const surveySafely = async (target: Target, walk: Walk): Promise<Survey> => {
  try {
    return await surveyHost(target, walk);
  } catch (error) {
    return { kind: "failed", failure: defect(error, false) };
  }
};

/** One host: gather, then plan each of its plays from the same facts. */
export const surveyHost = async (target: Target, walk: Walk): Promise<Survey> => {
  const gathered = await gather(target.host, { ...managed(target.plays), become: target.become }, walk);
  if (gathered.kind === "failed") return gathered;
  const { facts } = gathered;
  const { lock, pending, reverted, conntrack, kernel } = facts;
  const own = { lock, pending, reverted };
  return { kind: "planned", plans: planAll(target, facts), boot: kernel.bootId, own, drops: dropsOf(conntrack) };
};

/** Refused packets only: an early drop takes an entry, not a packet. */
export const dropsOf = ({ statistics }: Facts["conntrack"]): Reading<number> => {
  if (statistics.kind !== "read") return statistics;
  const drops = statistics.value.get("drop");
  return drops === undefined ? absent : read(drops);
};

const planAll = ({ host, plays }: Target, facts: Facts): readonly PlayPlan[] =>
  plays.map((play) => ({ play, plan: planHost(play, host, facts) }));

/** The plan of one play, which is among those of the host. */
export const planOf = ({ plans }: PlannedSurvey, play: CompiledPlay): HostPlan => {
  const found = plans.find((one) => one.play === play);
  if (found === undefined) throw new Error(`no plan for play ${play.play.name}`);
  return found.plan;
};

/** What the probe has to read for all plays of a host. */
const managed = (plays: readonly CompiledPlay[]) => {
  const all = <T>(list: (play: CompiledPlay) => readonly T[]): readonly T[] => [...new Set(plays.flatMap(list))];
  return {
    files: all<HostPath>((play) => play.files),
    owners: { users: all((play) => play.owners.users), groups: all((play) => play.owners.groups) },
    asks: distinctAsks(plays.flatMap((play) => play.asks)),
  };
};

/** Two plays may ask the same: the longer time is for both. */
const distinctAsks = (asks: readonly Ask[]): readonly Ask[] => {
  const byWords = new Map<string, Ask>();
  for (const ask of asks) {
    const same = byWords.get(argvKey(ask.argv));
    if (same === undefined || same.within < ask.within) byWords.set(argvKey(ask.argv), ask);
  }
  return [...byWords.values()];
};

/** How a host stands before any change: the outcome of audit, plan and drift. */
export const reportSurvey = (name: HostName, survey: Survey | undefined): HostReport => {
  if (survey === undefined) return { name, outcome: notStarted([]), findings: [] };
  if (survey.kind === "failed") return { name, outcome: failedOutcome(survey.failure, []), findings: [] };
  const plans = survey.plans.map(({ plan }) => plan);
  return { name, outcome: plannedOutcome(plans), findings: distinct(plans.flatMap((plan) => plan.findings)) };
};

/** Why a host had no turn that a stop came before. */
export const stoppedBefore = "the run was stopped before";

/** A host that a stop came before, with what it was to have. */
export const notStarted = (actions: readonly Action[]): Outcome => ({
  kind: "not_attempted",
  because: stoppedBefore,
  actions,
});

/** A host that nothing ran on is `unreachable`, any other `failed`; one that had no turn before a stop is neither. */
export const failedOutcome = (failure: Failure, actions: readonly Action[]): Outcome => {
  if (failure.code === "stopped") return notStarted(actions);
  return { kind: isUnreachable(failure.code) ? "unreachable" : "failed", failure, actions };
};

const plannedOutcome = (plans: readonly HostPlan[]): Outcome => {
  const refused = plans.find((plan) => plan.kind === "refused");
  if (refused !== undefined) return failedOutcome(refused.failures[0], []);
  const actions = plans.flatMap((plan) => (plan.kind === "planned" ? plan.actions : []));
  const needs = needsOf(plans);
  if (actions.length + needs.length > 0) return { kind: "drifted", actions, needs };
  const skipped = plans.filter((plan) => plan.kind === "skipped");
  return isNonEmpty(skipped) && skipped.length === plans.length
    ? { kind: "skipped", because: reasons(skipped) }
    : { kind: "compliant" };
};

/** What only a reload or a reboot brings to a host, which no play of it allows. Two plays say the same once. */
export const needsOf = (plans: readonly HostPlan[]): readonly string[] => [
  ...new Set(plans.flatMap((plan) => (plan.kind === "planned" ? plan.needs : []))),
];

const reasons = (skipped: NonEmpty<Extract<HostPlan, { kind: "skipped" }>>): string =>
  [...new Set(skipped.map((plan) => plan.because))].join("; ");

/** Two plays say the same of a host once. */
export const distinct = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((one) => [`${one.code} ${one.evidence}`, one])).values(),
];
