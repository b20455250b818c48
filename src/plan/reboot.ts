import { predictBoot } from "../conntrack/predict.ts";
import type { Action } from "../model/action.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { ActivateTask, Desired } from "../model/play.ts";
import { type Reading, valueOf } from "../model/reading.ts";
import { isUnprivileged } from "./privilege.ts";
import { shortfalls, shortfallText } from "./reach.ts";

/** A host that is up for less may be booting again and again: it is left alone. Seconds. */
const settled = 120;

/** What stands against a reboot of this host now. */
const againstReboot = (host: Host, facts: Facts): readonly string[] => {
  const uptime = valueOf(facts.kernel.uptime);
  const early = uptime !== undefined && uptime < settled;
  return [
    ...hindrances(host, facts),
    ...(uptime === undefined ? ["its uptime is not known"] : []),
    ...(early ? [`it is up for ${Math.floor(uptime)} s only, less than ${settled} s`] : []),
  ];
};

/** What stands against any reboot of this host, and does not go by waiting. What root could not read is such a thing too. */
export const hindrances = (host: Host, facts: Facts): readonly string[] => {
  const { power, kernel, guest } = facts;
  const unseen = (what: string, reading: Reading<unknown>): readonly string[] =>
    reading.kind === "unreadable" && !isUnprivileged(host, facts)
      ? [`${what} could not be read: ${reading.because}`]
      : [];
  const container = valueOf(guest.container) ?? "none";
  return [
    ...(host.connection.root !== "" && !host.connection.lab
      ? ["it has a ctfleet_root: that is a folder, no host"]
      : []),
    ...(container === "none" ? [] : [`it is a ${container} guest`]),
    ...(valueOf(power.inhibitors) ?? []).map(({ who, why }) => `${who} inhibits it: ${why}`),
    ...unseen("what inhibits it", power.inhibitors),
    ...(valueOf(power.packageWork) ?? []).map((work) => `package work: ${work}`),
    ...unseen("package work", power.packageWork),
    ...(valueOf(power.masked) === true ? ["reboot.target is masked"] : []),
    ...unseen("reboot.target", power.masked),
    ...(valueOf(kernel.bootId) === undefined ? ["its boot id is not known, so no reboot could be proven"] : []),
  ];
};

type RebootRequest = {
  readonly task: ActivateTask & { readonly name: string };
  readonly desired: Desired;
  readonly host: Host;
  readonly facts: Facts;
  /** The host with the files of the plan in place. */
  readonly after: Facts;
};

/** Wanted values that the next boot will not bring, in words. What only root could tell is no reason before root has looked. */
export const missedByReboot = ({ desired, host, facts, after }: Omit<RebootRequest, "task">): readonly string[] =>
  shortfalls(desired, predictBoot(after), facts)
    .filter(({ predicted }) => predicted.value !== undefined || !isUnprivileged(host, facts))
    .map(shortfallText);

/** The reboot, or why it is refused: all reasons at once. */
export const planReboot = (request: RebootRequest): Action | Failure => {
  const { task, host, facts } = request;
  const missed = missedByReboot(request);
  const against = [...againstReboot(host, facts), ...missed.map((text) => `it would not bring the values: ${text}`)];
  const from = valueOf(facts.kernel.bootId);
  if (against.length > 0 || from === undefined)
    return { code: "reboot_refused", detail: against.join("; "), sent: false };
  return { kind: "reboot", task: task.name, from, within: task.rebootWithin, stable: task.stable };
};
