import { configLines } from "../conntrack/config.ts";
import { type Desire, desire } from "../conntrack/desire.ts";
import { auditHost } from "../conntrack/findings/audit.ts";
import { finding } from "../conntrack/findings/finding.ts";
import { belongsToHostBelow } from "../conntrack/findings/limits.ts";
import type { ExpressionContext } from "../expr/environment.ts";
import { evaluate } from "../expr/evaluate.ts";
import { factsContext } from "../expr/facts-context.ts";
import { type HostName, isNonEmpty } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { HostPlan } from "../model/plan.ts";
import type { ConntrackTask, Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import type { CompiledPlay, CompiledTask } from "./compile.ts";
import { planFiles } from "./files.ts";
import { planLive } from "./live.ts";
import { guardNextBoot } from "./next-boot.ts";

/**
 * What a play means for one host: pure and synchronous, from its facts. The order is the compiler's and the same
 * everywhere: files as the play lists them, then live values.
 */
export const planHost = (compiled: CompiledPlay, host: Host, facts: Facts): HostPlan => {
  const context = contextOf(compiled, host, facts);
  const { tasks, findings: undecided } = chosen(compiled.tasks, context);
  const found = [...auditHost(facts, configLines(facts)), ...undecided];
  const sizing = tasks.find((one) => one.task.kind === "conntrack");
  const skip = sizing === undefined ? undefined : whySkipped(facts);
  if (skip !== undefined) return { kind: "skipped", because: skip, findings: found };

  const wanted = sizing?.task.kind === "conntrack" ? desire(sizing.task, facts) : nothingDesired;
  if (wanted.kind !== "desired") return { kind: "refused", failures: [desireFailure(wanted)], findings: found };
  const { desired } = wanted;

  const files = planFiles(tasks, { ...context, conntrack: desired, hostFacts: facts });
  const guard = sizing?.task.kind === "conntrack" ? guardNextBoot(sizing.task, facts, files.edits) : undefined;
  const failures = [...files.failures, ...(guard === undefined ? [] : [guard])];
  if (isNonEmpty(failures)) return { kind: "refused", failures, findings: found };

  const live = sizing === undefined ? noLive : activation(sizing, tasks, desired, facts);
  return {
    kind: "planned",
    actions: [...files.actions, ...live.actions],
    findings: [
      ...found,
      ...wanted.findings,
      ...live.findings,
      ...unprovenFinding(files.unproven),
      ...checks(tasks, context),
    ],
    desired: sizing === undefined ? undefined : desired,
    unproven: files.unproven,
  };
};

/** Variables as Ansible ranks them: a play's stand above the inventory's. */
const contextOf = (
  { play }: CompiledPlay,
  host: Host,
  facts: Facts,
): ExpressionContext & { host: { name: HostName } } => ({
  facts: factsContext(facts),
  vars: { ...host.vars, ...play.vars },
  host: { name: host.name, groups: host.groups },
  play: { name: play.name },
});

/** Tasks whose `when` is true. One that cannot be worked out is left out, and said. */
const chosen = (tasks: readonly CompiledTask[], context: ExpressionContext) => {
  const findings: Finding[] = [];
  const holds = ({ task, when }: CompiledTask): boolean =>
    when.every((condition) => {
      const verdict = evaluate(condition, context);
      if (verdict.kind === "unknown") findings.push(finding("CT704", `${task.name}: ${verdict.because}`));
      return verdict.kind === "true";
    });
  return { tasks: tasks.filter(holds), findings };
};

/** The play sizes a table that this host does not have, or that is not its own to size. */
const whySkipped = (facts: Facts): string | undefined => {
  if (valueOf(facts.conntrack.state) === "none") return "this kernel has no connection tracking";
  const below = belongsToHostBelow(facts);
  return below === undefined ? undefined : `${below}: the values belong to the host below`;
};

const nothingDesired: Desire = {
  kind: "desired",
  desired: { max: undefined, buckets: undefined, timeouts: new Map(), keys: new Map() },
  findings: [],
};

const desireFailure = (refused: Exclude<Desire, { kind: "desired" }>): Failure => ({
  code: refused.kind === "refused" ? "refused_by_guard" : "facts_unreadable",
  detail: refused.because,
  sent: false,
});

const noLive = { actions: [], findings: [] };

/** Live values to set; without activation the same differences are findings, one for all of them. */
const activation = (sizing: CompiledTask, tasks: readonly CompiledTask[], desired: Desired, facts: Facts) => {
  const activate = tasks.flatMap(({ task }) => (task.kind === "activate" ? [task] : [])).at(-1);
  const { allowLower } = sizing.task as CompiledTask["task"] & ConntrackTask;
  const actions = planLive({ task: activate?.name ?? sizing.task.name, desired, allowLower, facts });
  if (activate?.with === "live" || actions.length === 0) return { actions, findings: [] };
  const differences = actions.map((action) =>
    action.kind === "set"
      ? `${action.key} ${action.from}, wanted ${action.to}`
      : "to" in action
        ? `hashsize ${action.from}, wanted ${action.to}`
        : "",
  );
  return { actions: [], findings: [finding("CT201", differences.join("; "))] };
};

const unprovenFinding = (unproven: readonly string[]): readonly Finding[] =>
  unproven.length === 0 ? [] : [finding("CT604", unproven.join("; "))];

/** Checks of verify tasks that are not true here. */
const checks = (tasks: readonly CompiledTask[], context: ExpressionContext): readonly Finding[] =>
  tasks.flatMap(({ that }) =>
    that.flatMap((check) => {
      const verdict = evaluate(check, context);
      if (verdict.kind === "true") return [];
      const why = verdict.kind === "unknown" ? `: not known, ${verdict.because}` : "";
      return [finding("CT701", `${check.expression.text}${why}`)];
    }),
  );
