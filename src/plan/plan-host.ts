import { configLines } from "../conntrack/config.ts";
import { type Desire, desire } from "../conntrack/desire.ts";
import { auditHost } from "../conntrack/findings/audit.ts";
import { finding } from "../conntrack/findings/finding.ts";
import { belongsToHostBelow } from "../conntrack/findings/limits.ts";
import { overruled } from "../conntrack/findings/overruled.ts";
import type { ExpressionContext } from "../expr/environment.ts";
import { evaluate } from "../expr/evaluate.ts";
import { factsContext } from "../expr/facts-context.ts";
import type { Action } from "../model/action.ts";
import { type HostName, isNonEmpty } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { FailedCode } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { HostPlan } from "../model/plan.ts";
import type { ConntrackTask, Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { type CompiledPlay, type CompiledTask, usesOf } from "./compile.ts";
import { conceal } from "./conceal.ts";
import { planFiles } from "./files.ts";
import { type LiveAction, planLive } from "./live.ts";
import { guardNextBoot } from "./next-boot.ts";
import { type PlayVars, playVars } from "./variables.ts";

/**
 * What a play means for one host: pure and synchronous, from its facts. The order is the compiler's and the same
 * everywhere: files as the play lists them, then live values.
 */
export const planHost = (compiled: CompiledPlay, host: Host, facts: Facts): HostPlan => {
  const values = playVars(compiled.play, host, usesOf(compiled));
  return conceal(hidingOthers(planWith(values, compiled, host, facts), values), values.secrets);
};

/** A file's text is shown as it was, too. */
const hidingOthers = (plan: HostPlan, { otherSecrets }: PlayVars): HostPlan => {
  if (plan.kind !== "planned" || !plan.actions.some(showsOldText)) return plan;
  const others = otherSecrets();
  const actions = plan.actions.map((action) =>
    "secrets" in action ? { ...action, secrets: [...new Set([...action.secrets, ...others])] } : action,
  );
  return { ...plan, actions };
};

const showsOldText = (action: Action): boolean => "secrets" in action && (action.before ?? "") !== "";

const planWith = (values: PlayVars, compiled: CompiledPlay, host: Host, facts: Facts): HostPlan => {
  const context = { ...contextOf(compiled, host, facts), vars: values.vars };
  const { tasks, undecided } = chosen(compiled.tasks, context);
  const found = [...auditHost(facts, configLines(facts)), ...undecided.map((because) => finding("CT704", because))];
  const sizing = conntrackOf(tasks);
  if (typeof sizing === "string") return refusedPlan("target_refused", sizing, found);
  const skip = sizing === undefined ? undefined : whySkipped(sizing, facts);
  if (skip !== undefined) return { kind: "skipped", because: skip, findings: found };

  const wanted = sizing === undefined ? nothingDesired : desire(sizing, facts);
  if (wanted.kind === "refused") return refusedPlan("refused_by_guard", wanted.because, found);
  if (wanted.kind === "unknown") return refusedPlan("facts_unreadable", wanted.because, found);
  const { desired } = wanted;

  const files = planFiles(tasks, { ...context, conntrack: desired, hostFacts: facts, secrets: values.secrets });
  const linesAfter = configLines(facts, files.edits);
  const guard = sizing === undefined ? undefined : guardNextBoot(sizing, facts, linesAfter);
  const failures = [...files.failures, ...(guard === undefined ? [] : [guard])];
  if (isNonEmpty(failures)) return { kind: "refused", failures, findings: found };

  const live = sizing === undefined ? noLive : activation(sizing, tasks, desired, facts);
  const unseen = [...files.unproven, ...live.unproven];
  const unheld = checks(tasks, context);
  const actions = [...files.actions, ...live.actions];
  const needsRoot = actions.length > 0 && isUnprivileged(host, facts);
  return {
    kind: "planned",
    actions,
    findings: [
      ...found,
      ...wanted.findings,
      ...live.findings,
      ...overruled(desired, linesAfter, compiled.files),
      ...(unseen.length === 0 ? [] : [finding("CT604", unseen.join("; "))]),
      ...(needsRoot ? [finding("CT607", `uid ${valueOf(facts.uid) ?? "not known"}`)] : []),
      ...unheld.map((check) => finding("CT701", check)),
    ],
    needsRoot,
    unproven: [...undecided, ...unseen],
    unheld,
  };
};

/** Below a `ctfleet_root` everything may be the user's own. */
const isUnprivileged = ({ connection }: Host, { uid }: Facts): boolean =>
  connection.root === "" && valueOf(uid) !== undefined && valueOf(uid) !== 0;

const refusedPlan = (code: FailedCode, detail: string, findings: readonly Finding[]): HostPlan => ({
  kind: "refused",
  failures: [{ code, detail, sent: false }],
  findings,
});

const contextOf = (
  { play }: CompiledPlay,
  host: Host,
  facts: Facts,
): Omit<ExpressionContext, "vars"> & { host: { name: HostName } } => ({
  facts: factsContext(facts),
  host: { name: host.name, groups: host.groups },
  play: { name: play.name },
});

/** Tasks whose `when` is true. One that cannot be worked out is left out, and said. */
const chosen = (tasks: readonly CompiledTask[], context: ExpressionContext) => {
  const undecided: string[] = [];
  const holds = ({ task, when }: CompiledTask): boolean =>
    when.every((condition) => {
      const verdict = evaluate(condition, context);
      if (verdict.kind === "unknown") undecided.push(`${task.name}: ${verdict.because}`);
      return verdict.kind === "true";
    });
  return { tasks: tasks.filter(holds), undecided };
};

/** What all conntrack tasks that hold here want together; or why that is nothing definite. */
const conntrackOf = (tasks: readonly CompiledTask[]): NamedConntrack | string | undefined => {
  const all = tasks.flatMap(({ task }) => (task.kind === "conntrack" ? [task] : []));
  const [first] = all;
  if (first === undefined) return undefined;
  const sized = all.filter((task) => task.size !== undefined);
  if (sized.length > 1) return `two tasks size the table here: ${sized.map((task) => task.name).join(", ")}`;
  return {
    ...first,
    size: sized[0]?.size,
    allowLower: sized[0]?.allowLower ?? false,
    timeouts: new Map(all.flatMap((task) => [...task.timeouts])),
    settings: new Map(all.flatMap((task) => [...task.settings])),
  };
};

type NamedConntrack = ConntrackTask & { readonly name: string };

/** The play sizes a table that this host does not have, or that is not its own to size. Timeouts are each guest's own. */
const whySkipped = (sizing: ConntrackTask, facts: Facts): string | undefined => {
  if (valueOf(facts.conntrack.state) === "none") return "this kernel has no connection tracking";
  const below = sizing.size === undefined ? undefined : belongsToHostBelow(facts);
  return below === undefined ? undefined : `${below}: the values belong to the host below`;
};

const nothingDesired: Desire = {
  kind: "desired",
  desired: { max: undefined, buckets: undefined, timeouts: new Map(), keys: new Map() },
  findings: [],
};

const noLive = { actions: [], findings: [], unproven: [] };

/** Live values to set; without activation the same differences are findings, one for all of them. */
const activation = (sizing: NamedConntrack, tasks: readonly CompiledTask[], desired: Desired, facts: Facts) => {
  const activate = tasks.flatMap(({ task }) => (task.kind === "activate" ? [task] : [])).at(-1);
  const task = activate?.name ?? sizing.name;
  const { actions, unproven } = planLive({ task, desired, allowLower: sizing.allowLower, facts });
  if (activate?.with === "live" || actions.length === 0) return { actions, findings: [], unproven };
  return { actions: [], findings: [finding("CT201", actions.map(difference).join("; "))], unproven };
};

const difference = (action: LiveAction): string =>
  `${action.kind === "set" ? action.key : "hashsize"} ${action.from}, wanted ${action.to}`;

/** Checks of verify tasks that are not true here; one that is unknown is not true. */
const checks = (tasks: readonly CompiledTask[], context: ExpressionContext): readonly string[] =>
  tasks.flatMap(({ that }) =>
    that.flatMap((check) => {
      const verdict = evaluate(check, context);
      if (verdict.kind === "true") return [];
      return [`${check.expression.text}${verdict.kind === "unknown" ? `: not known, ${verdict.because}` : ""}`];
    }),
  );
