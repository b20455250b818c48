import type { HostName } from "../model/brand.ts";
import { absent, read } from "../model/reading.ts";
import type { SavedHost, SavedPlan } from "../plan/saved-plan.ts";
import { stateChanges, stateHash } from "../plan/state-hash.ts";
import type { Resumed } from "../rollout/apply-options.ts";
import type { Survey, Target } from "../rollout/survey.ts";
import type { PreparedPlays } from "./prepare.ts";
import { playedPlans } from "./save-plan.ts";

/** The hosts that a saved plan is asked about. */
type Asked = Pick<PreparedPlays, "plays" | "targets">;

/**
 * What a saved plan knows of its hosts: those that have something to do are not gathered before it, since each action is checked
 * on the host against what it was planned from. The others are gathered, to prove it.
 */
export const surveysOf = (saved: SavedPlan, { plays, targets }: Asked): ReadonlyMap<HostName, Survey> =>
  new Map(
    targets.flatMap((target): readonly (readonly [HostName, Survey])[] => {
      const known = savedHost(saved, target);
      if (!hasActions(known)) return [];
      const boot = known.boot === undefined ? absent : read(known.boot);
      const own = { lock: absent, pending: absent, reverted: absent };
      return [[target.host.name, { kind: "planned", plans: plansFor(target, known, plays), boot, own, drops: absent }]];
    }),
  );

/** Hosts that had nothing to do when the plan was made, and have something now: nobody has reviewed that. */
export const staleHosts = (
  saved: SavedPlan,
  { plays, targets }: Asked,
  surveys: ReadonlyMap<HostName, Survey>,
): ReadonlyMap<HostName, Resumed> =>
  new Map(
    targets.flatMap((target): readonly (readonly [HostName, Resumed])[] => {
      const { name } = target.host;
      const known = savedHost(saved, target);
      const survey = surveys.get(name);
      if (hasActions(known) || survey?.kind !== "planned") return [];
      const now = playedPlans(survey, plays);
      if (stateHash(now) === known.state) return [];
      const because = `stale: changed after the plan was made: ${stateChanges(known.plans, now).join("; ")}`;
      const actions = now.flatMap(({ plan }) => (plan.kind === "planned" ? plan.actions : []));
      const report = { name, outcome: { kind: "not_attempted", because, actions }, findings: [] } as const;
      return [[name, { kind: "ended", report, play: 0, seen: undefined }]];
    }),
  );

const savedHost = ({ hosts }: SavedPlan, { host }: Target): SavedHost => {
  const known = hosts.find(({ name }) => name === host.name);
  if (known === undefined) throw new Error(`${host.name} is not in the plan`);
  return known;
};

const hasActions = ({ plans }: SavedHost): boolean =>
  plans.some(({ plan }) => plan.kind === "planned" && plan.actions.length > 0);

/** The plays of a host may be others now, by its groups: it is left alone then. */
const plansFor = (target: Target, known: SavedHost, plays: PreparedPlays["plays"]) =>
  target.plays.map((play) => {
    const found = known.plans.find((one) => plays[one.play] === play);
    const because = {
      code: "stale",
      detail: "the plan was made when other plays were for this host",
      sent: false,
    } as const;
    return { play, plan: found?.plan ?? ({ kind: "refused", failures: [because], findings: [] } as const) };
  });
