import type { Failure } from "../model/failure.ts";
import type { HostPlan } from "../model/plan.ts";
import { isReboot, type RebootAction } from "./reboot-host.ts";

const missing = (code: Failure["code"], detail: string): Failure => ({ code, detail, sent: false });

/** Why a plan is not the goal, where it is not: it is refused, something is pending, not proven, or a check fails. */
export const unmet = (plan: HostPlan): Failure | undefined => {
  if (plan.kind === "refused") return plan.failures[0];
  if (plan.kind === "skipped") return undefined;
  if (plan.actions.length > 0) return missing("not_converged", pending(plan.actions.length));
  return unread(plan) ?? (plan.unheld.length > 0 ? missing("verify_false", plan.unheld.join("; ")) : undefined);
};

const pending = (count: number): string =>
  count === 1 ? "1 change is still pending" : `${count} changes are still pending`;

const unread = ({ unproven }: Extract<HostPlan, { kind: "planned" }>): Failure | undefined =>
  unproven.length > 0 ? missing("facts_unreadable", unproven.join("; ")) : undefined;

/**
 * The same of a host whose reboot is still to come: that is all that may be pending, and what could not be read stops it, too.
 * Checks are for after it.
 */
export const unmetBefore = (reboot: RebootAction | undefined, plan: HostPlan): Failure | undefined =>
  reboot === undefined || plan.kind !== "planned" || rebootLeft(plan) === undefined ? unmet(plan) : unread(plan);

/** The same of a host that was rebooted for the goal: a plan that wants another reboot, or is refused one, tells of the first. */
export const unmetAfter = (plan: HostPlan): Failure | undefined => {
  const failure = unmet(plan);
  if (failure?.code !== "not_converged" && failure?.code !== "reboot_refused") return failure;
  return missing("not_converged", "its reboot did not bring the wanted values");
};

/** The reboot of a plan that has nothing else left to do. */
export const rebootLeft = (plan: HostPlan): RebootAction | undefined =>
  plan.kind === "planned" && plan.actions.length === 1 ? plan.actions.find(isReboot) : undefined;
