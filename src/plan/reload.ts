import { restartUnloads } from "../conntrack/boot/predict-restart.ts";
import { maxNames } from "../conntrack/keys.ts";
import { predictRestart } from "../conntrack/predict.ts";
import { liveValues, loadedBuckets } from "../conntrack/reload.ts";
import { ruleKeepers } from "../conntrack/rule-keepers.ts";
import { conntrackModule, type Holder, unloading } from "../conntrack/unload.ts";
import { type Action, type FirewallName, firewallNames, type LiveValues } from "../model/action.ts";
import { isNonEmpty } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { ActivateTask, Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { isUnprivileged } from "./privilege.ts";
import { shortfalls, shortfallText } from "./reach.ts";

type ReloadRequest = {
  readonly task: Pick<ActivateTask, "evenIf"> & { readonly name: string };
  readonly desired: Desired;
  /** What differs now, by key or `hashsize`, and what of it cannot be set live. */
  readonly differing: ReadonlySet<string>;
  readonly stuck: ReadonlySet<string>;
  readonly host: Host;
  readonly facts: Facts;
  /** The host with the files of the plan in place. */
  readonly after: Facts;
};

export type ReloadPlan =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "refused"; readonly failures: readonly Failure[] };

/**
 * How this host reloads: its firewall is restarted where that brings the values, else the modules are unloaded and loaded
 * where nothing holds them; or every reason why neither is done.
 */
export const planReload = (request: ReloadRequest): ReloadPlan => {
  const restart = planRestart(request);
  if (restart.kind === "action") return restart;
  const modules = planModuleReload(request);
  if (modules.kind === "action") return modules;
  // One failure with every reason: a report shows one for each host. What holds the modules is what an operator looks for.
  const [first, ...others] = [...modules.failures, ...restart.failures];
  if (first === undefined) throw new Error("a reload is refused without a reason");
  const detail = [first, ...others].map((one) => one.detail).join("; ");
  return { kind: "refused", failures: [{ ...first, detail }] };
};

const refused = (code: Failure["code"], ...reasons: readonly string[]): ReloadPlan => ({
  kind: "refused",
  failures: reasons.map((detail) => ({ code, detail, sent: false })),
});

/** The service that is active: a restart of one that is not would start a firewall that nobody runs. */
const runningFirewall = ({ firewall }: Facts): FirewallName | undefined => {
  const service = firewallNames.find((name) => name === valueOf(firewall.service));
  return valueOf(firewall.services)?.some(({ name, active }) => name === service && active) === true
    ? service
    : undefined;
};

const planRestart = (request: ReloadRequest): ReloadPlan => {
  const { task, desired, facts, after, differing, stuck, host } = request;
  const service = runningFirewall(facts);
  const prediction = service === undefined ? undefined : predictRestart(after);
  if (service === undefined || prediction === undefined) return refused("target_refused");
  const unloads = restartUnloads(after);
  const missed = shortfalls(desired, prediction, facts);
  // A module that comes anew has no value of before: what it does not bring is set after it.
  const missing = missed.filter(({ what }) => stuck.has(what) || (differing.has(what) && unloads !== true));
  const brings = [...differing].some((subject) => missed.every(({ what }) => what !== subject));
  if (missing.length > 0 || !brings)
    return refused(
      "target_refused",
      `after a restart of ${service} ${(missing.length > 0 ? missing : missed).map(shortfallText).join("; ")}`,
    );
  const { rivals } = facts;
  if (rivals.kind === "unreadable" && !isUnprivileged(host, facts))
    return refused(
      "target_refused",
      `${service} is not restarted: who has rules there could not be read, ${rivals.because}`,
    );
  const keepers = ruleKeepers(facts, task.evenIf).map(
    ({ program, as }) =>
      `${service} is not restarted: ${program} has rules there that would be lost (even_if: [${as}])`,
  );
  if (keepers.length > 0) return refused("target_refused", ...keepers);
  const then = valuesAfter(request);
  return {
    kind: "action",
    action: {
      kind: "restart_firewall",
      task: task.name,
      service,
      evenIf: task.evenIf,
      unloads: unloads !== false,
      then,
    },
  };
};

const planModuleReload = (request: ReloadRequest): ReloadPlan => {
  const { task, desired, facts, after, stuck } = request;
  const module = conntrackModule(facts);
  const how = unloading(facts, module);
  switch (how.kind) {
    case "not_loaded":
      return refused("target_refused", `${module} does not stand in the list of modules`);
    case "unreadable":
    case "impossible":
      return refused("target_refused", `the modules cannot be loaded anew: ${how.because}`);
    case "in_use":
      return refused("module_busy", heldText(how.holders));
    case "order": {
      const brought = loadedBuckets(after);
      const missing = [...stuck].filter((what) => what !== "hashsize" || brought.value !== desired.buckets);
      if (missing.length > 0)
        return refused(
          "target_refused",
          `loading ${module} anew does not bring ${missing.join(", ")} (hashsize: ${brought.because})`,
        );
      if (!isNonEmpty(how.unload)) throw new Error("nothing to unload");
      const { unload, load } = how;
      return {
        kind: "action",
        action: { kind: "reload_modules", task: task.name, unload, load, then: valuesAfter(request) },
      };
    }
  }
};

/** `xt_conntrack (3 references), nft_ct (1 reference)`. */
export const heldText = (holders: readonly Holder[]): string =>
  `in use: ${holders
    .map(({ module, references }) => `${module} (${references} ${references === 1 ? "reference" : "references"})`)
    .join(", ")}, by rules or sockets`;

/** All that is to hold when the reload is over: what the play wants, and for the rest what is now. */
const valuesAfter = ({ desired, stuck, facts }: ReloadRequest): LiveValues => {
  const wanted = wantedValues(desired);
  const now = liveValues(facts);
  const keys = new Map([...wanted.keys, ...[...now.keys].filter(([key]) => !wanted.keys.has(key))]);
  return {
    hashsize: stuck.has("hashsize") ? undefined : (wanted.hashsize ?? now.hashsize),
    keys: new Map([...keys].filter(([key]) => !stuck.has(key))),
    kept: new Set([
      ...(wanted.hashsize === undefined ? ["hashsize"] : []),
      ...[...now.keys.keys()].filter((key) => !wanted.keys.has(key)),
    ]),
  };
};

/** The wanted values as they are set. No limit (a max of 0) never is: the memory guard could not hold. */
export const wantedValues = ({ buckets, keys }: Desired): LiveValues => ({
  hashsize: buckets,
  keys: new Map(
    [...keys].flatMap(([key, value]) => (value === 0 && maxNames.includes(key) ? [] : [[key, String(value)] as const])),
  ),
});
