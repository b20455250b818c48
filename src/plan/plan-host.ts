import { type Desire, desire } from "../conntrack/desire.ts";
import { auditHost } from "../conntrack/findings/audit.ts";
import { afterEvents } from "../conntrack/findings/events.ts";
import { finding } from "../conntrack/findings/finding.ts";
import { factsAfter } from "../conntrack/predict.ts";
import type { ExpressionContext } from "../expr/environment.ts";
import { factsContext } from "../expr/facts-context.ts";
import type { Action } from "../model/action.ts";
import { type HostName, isNonEmpty } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { FailedCode } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { HostPlan } from "../model/plan.ts";
import type { Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { checks, chosen } from "./checks.ts";
import { planCommands } from "./commands.ts";
import { type CompiledPlay, usesOf } from "./compile.ts";
import { conceal } from "./conceal.ts";
import { type FilesPlan, planFiles } from "./files.ts";
import { planLiveParts } from "./live-parts.ts";
import { guardNextBoot } from "./next-boot.ts";
import { isUnprivileged } from "./privilege.ts";
import { comesBack, isToGo } from "./removal.ts";
import { conntrackOf, whySkipped } from "./sizing.ts";
import { type PlayVars, playVars } from "./variables.ts";

/**
 * What a play means for one host: pure and synchronous, from its facts. The order is the compiler's and the same
 * everywhere: files as the play lists them, then live values, modules and services, a reboot last. Commands stand before
 * the files, behind them, or at the end, where no reboot follows.
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
  const sizing = conntrackOf(tasks);
  const share = typeof sizing === "object" ? sizing.size?.guard : undefined;
  const guarded = share === undefined ? {} : { guard: share };
  const seen = auditHost(facts, guarded);
  const skip = typeof sizing === "string" ? undefined : whySkipped(tasks, sizing, facts);
  // What a play that is left out could not decide is no matter.
  if (skip !== undefined) return { kind: "skipped", because: skip, findings: seen };
  const found = [...seen, ...undecided.map((because) => finding("CT704", because))];
  if (typeof sizing === "string") return refusedPlan("target_refused", sizing, found);

  const wanted = sizing === undefined ? nothingDesired : desire(sizing, facts);
  if (wanted.kind === "refused") return refusedPlan("refused_by_guard", wanted.because, found);
  if (wanted.kind === "unknown") return refusedPlan("facts_unreadable", wanted.because, found);
  const { desired } = wanted;

  const trial = compiled.trial !== undefined;
  const written = planFiles(tasks, { ...context, conntrack: desired, hostFacts: facts, secrets: values.secrets });
  const files = trial ? noFiles : written;
  // Checks of a trial look at the host as it will be when the trial is persisted.
  const after = written.edits.size === 0 ? facts : factsAfter(facts, written.edits);
  const guard = sizing === undefined || trial ? undefined : guardNextBoot(sizing, facts, after);
  const live = planLiveParts({ tasks, sizing, desired, host, facts, after, trial });
  const commands = planCommands(trial ? [] : tasks, host, facts);
  const failures = [...files.failures, ...commands.failures, ...(guard === undefined ? [] : [guard]), ...live.failures];
  if (isNonEmpty(failures)) return { kind: "refused", failures, findings: found };

  const unseen = [...files.unproven, ...commands.unproven, ...live.unproven];
  const { unheld, reverts } = checks(tasks, { ...context, facts: factsContext(after) });
  const actions = [
    ...commands.in("before_files"),
    ...files.actions,
    ...commands.in("after_files"),
    ...live.actions,
    ...commands.in("after_activation"),
  ];
  const needsRoot = actions.length > 0 && isUnprivileged(host, facts);
  return {
    kind: "planned",
    actions,
    needs: live.needs,
    findings: [
      ...found,
      ...wanted.findings,
      ...live.findings.filter((one) => one.severity !== "info" || !found.some(({ code }) => code === one.code)),
      ...(isToGo(tasks)
        ? comesBack(after)
        : afterEvents({
            ...(trial ? { desired: nothingWanted, after: facts } : { desired, after }),
            now: facts,
            ...guarded,
          })),
      ...(unseen.length === 0 ? [] : [finding("CT604", unseen.join("; "))]),
      ...(needsRoot ? [finding("CT607", `uid ${valueOf(facts.uid) ?? "not known"}`)] : []),
      ...unheld.map((check) => finding("CT701", check)),
    ],
    needsRoot,
    unproven: [...undecided, ...unseen],
    unheld,
    unheldReverts: reverts,
  };
};

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

const nothingWanted: Desired = { max: undefined, buckets: undefined, timeouts: new Map(), keys: new Map() };
const nothingDesired: Desire = { kind: "desired", desired: nothingWanted, findings: [] };

/** A trial leaves files alone: a reboot ends it. */
const noFiles: FilesPlan = { actions: [], failures: [], unproven: [], edits: new Map() };
