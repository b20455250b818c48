import type { HostName } from "../model/brand.ts";
import type { Seen } from "../model/journal.ts";
import type { HostReport, OutcomeKind } from "../model/outcome.ts";
import { isUnderWay, type Resumed } from "./apply-options.ts";
import type { ChangedHost } from "./gates/facts-gate.ts";
import { type HostState, reportState, startState } from "./host-state.ts";
import type { Survey, Target } from "./survey.ts";

/** A host in a run. Of one that has ended its report is kept and what gates compare with, not its plans. */
export type Member =
  | { readonly kind: "open"; readonly target: Target; readonly state: HostState }
  | {
      readonly kind: "ended";
      readonly target: Target;
      readonly report: HostReport;
      /** The play in which it ended. */
      readonly play: number;
      readonly seen: Seen | undefined;
    };

/** Every host of a run, in the inventory's order. */
export type Fleet = Map<HostName, Member>;

export const startFleet = (
  targets: readonly Target[],
  surveys: ReadonlyMap<HostName, Survey>,
  resumed: ReadonlyMap<HostName, Resumed>,
): Fleet =>
  new Map(
    targets.map((target): readonly [HostName, Member] => {
      const { name } = target.host;
      const before = resumed.get(name);
      if (before?.kind === "ended") return [name, { ...before, target }];
      return [
        name,
        { kind: "open", target, state: startState(target, surveys.get(name), isUnderWay(before) ? before : undefined) },
      ];
    }),
  );

export const memberOf = (fleet: Fleet, name: HostName): Member => {
  const member = fleet.get(name);
  if (member === undefined) throw new Error(`${name} is in a batch and not among the targets`);
  return member;
};

/** A host that is done: its plans and readings are let go of. */
export const endMember = (state: HostState, play: number): Extract<Member, { kind: "ended" }> => {
  const { target, survey, changed } = state;
  const known = changed.length > 0 && survey.kind === "planned";
  const seen = known ? { boot: survey.boot, drops: survey.drops } : undefined;
  return { kind: "ended", target, report: reportState(state), play, seen };
};

export const reportOf = (member: Member): HostReport =>
  member.kind === "ended" ? member.report : reportState(member.state);

/** Those that have ended so far. */
export const endedReports = (fleet: Fleet): readonly HostReport[] =>
  [...fleet.values()].flatMap((member) => (member.kind === "ended" ? [member.report] : []));

/** Hosts that carry a change of this run: what gates look at. Those that failed are the budget's business. */
export const changedHosts = (fleet: Fleet): readonly ChangedHost[] =>
  [...fleet.values()].flatMap((member): readonly ChangedHost[] => {
    const ended = member.kind === "ended" ? member : endMember(member.state, 0);
    const { outcome } = ended.report;
    const carries = outcome.kind === "changed" || (outcome.kind === "drifted" && outcome.done !== undefined);
    return carries || isBetweenPlays(member) ? [ended] : [];
  });

/** Changed by one play, and not yet by all. */
const isBetweenPlays = (member: Member): boolean =>
  member.kind === "open" && member.state.ended === undefined && member.state.changed.length > 0;

const failures: ReadonlySet<OutcomeKind> = new Set(["failed", "unreachable", "reverted", "unknown"]);

/** Failed in the sense of every budget. */
export const hasFailed = ({ outcome }: HostReport): boolean => failures.has(outcome.kind);
