import { createHash } from "node:crypto";
import type { Action } from "../model/action.ts";
import type { HostPlan } from "../model/plan.ts";
import { type ActionData, actionData } from "./action-data.ts";

/** What one play of a playbook, counted from 0, means for a host. */
export type PlayedPlan = { readonly play: number; readonly plan: HostPlan };

/**
 * SHA-256 in hex over what a host's plans say of its state: each action with what it was planned from, whatever keeps the play
 * from acting, what could not be read. Two readings of a host that call for the same have the same hash; how full its
 * table is at the moment is no part of it.
 */
export const stateHash = (plans: readonly PlayedPlan[]): string =>
  createHash("sha256")
    .update(sortedJson(plans.map(({ play, plan }) => [play, ofPlan(plan)])))
    .digest("hex");

const ofPlan = (plan: HostPlan): unknown => {
  switch (plan.kind) {
    case "planned":
      return { actions: plan.actions.map(ofAction), needs: plan.needs, unproven: plan.unproven, root: plan.needsRoot };
    case "refused":
      return { refused: plan.failures.map(({ code, detail }) => [code, detail]) };
    case "skipped":
      return { skipped: plan.because };
  }
};

/** The old text is told by its hash. */
const ofAction = (action: Action): ActionData =>
  actionData("before" in action ? { ...action, before: undefined } : action, { texts: true });

/** A map of the kernel's values comes in no certain order. */
const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) => {
    if ((name === "keys" || name === "kept") && Array.isArray(inner))
      return inner.map((pair) => JSON.stringify(pair)).sort();
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

/** What is another in a host's plans than it was, in words: empty where their hashes are equal. */
export const stateChanges = (then: readonly PlayedPlan[], now: readonly PlayedPlan[]): readonly string[] => {
  const changes = now.flatMap((one, at) => {
    const before = then[at];
    if (before?.play !== one.play) return [`play ${one.play + 1} was not planned for this host`];
    return planChanges(before.plan, one.plan);
  });
  const gone = then.length > now.length ? ["a play that was planned for this host is not for it now"] : [];
  return [...new Set([...changes, ...gone])];
};

const planChanges = (then: HostPlan, now: HostPlan): readonly string[] => {
  if (sortedJson(ofPlan(then)) === sortedJson(ofPlan(now))) return [];
  if (now.kind === "refused") return now.failures.map(({ detail }) => `it is refused now: ${detail}`);
  if (now.kind === "skipped") return [`it is left out now: ${now.because}`];
  if (then.kind !== "planned") return [`it was ${then.kind} then, and is not now`];
  const changes = actionChanges(then.actions, now.actions);
  return changes.length > 0 ? changes : ["what could be read, or what it needs, is another"];
};

const actionChanges = (then: readonly Action[], now: readonly Action[]): readonly string[] => {
  const before = new Map(then.map((one) => [subjectOf(one), one]));
  const after = new Map(now.map((one) => [subjectOf(one), one]));
  const done = [...before.keys()].filter((subject) => !after.has(subject)).map((one) => `${one} is as wanted now`);
  const others = [...after].flatMap(([subject, action]) => {
    const earlier = before.get(subject);
    if (earlier === undefined) return [`${subject} was as wanted then, and is not now`];
    return sortedJson(ofAction(earlier)) === sortedJson(ofAction(action)) ? [] : [difference(subject, earlier, action)];
  });
  return [...done, ...others];
};

const difference = (subject: string, then: Action, now: Action): string => {
  const [was, is] = [fromOf(then), fromOf(now)];
  return was === undefined || is === undefined || was === is
    ? `${subject} would be done in another way now`
    : `${subject} was ${was} then, and is ${is} now`;
};

/** What an action was planned from, in a few words. */
const fromOf = (action: Action): string | undefined => {
  if (!("from" in action)) return undefined;
  const { from } = action;
  if (typeof from !== "object") return String(from);
  if (from.kind === "absent") return "not there";
  const mode = from.mode.toString(8).padStart(4, "0");
  return `a file of mode ${mode}, owner ${from.uid}:${from.gid} and hash ${from.sha256.slice(0, 12)}`;
};

const subjectOf = (action: Action): string => {
  switch (action.kind) {
    case "write":
    case "remove":
      return action.path;
    case "set":
      return action.key;
    case "set_hashsize":
      return "hashsize";
    case "load_module":
      return `module ${action.module}`;
    case "unload_modules":
      return `module ${action.modules.join(", ")}`;
    case "reload_modules":
      return `module ${action.load.join(", ")}`;
    case "restart_firewall":
      return action.service;
    case "reboot":
      return "the boot";
    case "end_trial":
      return `the trial ${action.run}`;
    case "run":
      return action.task;
  }
};
