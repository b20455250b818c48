import { finding } from "../conntrack/findings/finding.ts";
import { needOf } from "../conntrack/need.ts";
import { conntrackModule, type Unloading, unloading } from "../conntrack/unload.ts";
import type { Action, LiveValues } from "../model/action.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure, FailureCode } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { ModuleTask } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { heldText } from "./reload.ts";

type NamedModule = ModuleTask & { readonly name: string };

/** Modules to load and to unload, and what stands in the way. */
export type ModulesPlan = {
  readonly actions: readonly Action[];
  readonly failures: readonly Failure[];
  readonly findings: readonly Finding[];
  readonly unproven: readonly string[];
};

type ModulesRequest = {
  readonly tasks: readonly NamedModule[];
  readonly facts: Facts;
  /** Does the play activate anything? Else what differs is a finding. */
  readonly acts: boolean;
  /** Live values that the play wants once conntrack is there. */
  readonly then: LiveValues;
};

/** What every module task of the play means here. */
export const planModules = ({ tasks, facts, acts, then }: ModulesRequest): ModulesPlan => {
  const parts = tasks.map((task) => (task.state === "present" ? loading(task, facts, then) : removing(task, facts)));
  const actions = parts.flatMap((part) => (part.kind === "action" ? [part.action] : []));
  const differing = tasks.filter((_, at) => parts[at]?.kind === "action").map(differenceText);
  const incurable = parts.flatMap((part) => (part.kind === "incurable" ? [finding("CT602", part.because)] : []));
  return {
    actions: acts ? actions : [],
    findings: [...incurable, ...(acts || actions.length === 0 ? [] : [finding("CT201", differing.join("; "))])],
    failures: parts.flatMap((part) => (part.kind === "refused" ? [part.failure] : [])),
    unproven: parts.flatMap((part) => (part.kind === "unproven" ? [part.because] : [])),
  };
};

const differenceText = ({ module, state }: NamedModule): string =>
  state === "present" ? `${module} is not loaded, wanted` : `${module} is loaded, not wanted`;

type Part =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "as_wanted" }
  /** Nothing can be done about it on this host: information, and no reason for an exit code. */
  | { readonly kind: "incurable"; readonly because: string }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unproven"; readonly because: string };

const asWanted: Part = { kind: "as_wanted" };
const refused = (code: FailureCode, detail: string): Part => ({
  kind: "refused",
  failure: { code, detail, sent: false },
});

/** Kernels before 2.6.20 call the module of connection tracking otherwise. */
const ownName = (module: string, facts: Facts): string => (module === "nf_conntrack" ? conntrackModule(facts) : module);

const loading = (task: NamedModule, facts: Facts, then: LiveValues): Part => {
  const module = ownName(task.module, facts);
  const isConntrack = module === conntrackModule(facts);
  const { loaded, locked } = facts.modules;
  if (isConntrack && valueOf(facts.conntrack.builtin) === true) return asWanted;
  if (loaded.kind === "unreadable")
    return { kind: "unproven", because: `module ${module}: the list of modules: ${loaded.because}` };
  if (valueOf(loaded)?.some(({ name }) => name === module) === true) return asWanted;
  if (isConntrack && valueOf(facts.conntrack.state) === "none")
    return refused("target_refused", `${module}: this kernel has no connection tracking`);
  if (valueOf(locked) === true)
    return refused("target_refused", `${module} cannot be loaded: kernel.modules_disabled is 1 until a reboot`);
  const nothing: LiveValues = { hashsize: undefined, keys: new Map() };
  return {
    kind: "action",
    action: { kind: "load_module", task: task.name, module, then: isConntrack ? then : nothing },
  };
};

/** A module that takes connection tracking with it goes only from a host that does not need it. */
const removing = (task: NamedModule, facts: Facts): Part => {
  const module = ownName(task.module, facts);
  const how = unloading(facts, module);
  const conntrack = conntrackModule(facts);
  if (module === conntrack && valueOf(facts.conntrack.builtin) === true)
    return { kind: "incurable", because: `${module} cannot be unloaded: it is built into this kernel` };
  const takesIt = module === conntrack || (how.kind === "order" && how.unload.includes(conntrack));
  const need = takesIt ? needOf(facts) : { seen: [], unseen: [] };
  if (how.kind === "not_loaded" && need.seen.length === 0) return notSeen(module, need.unseen);
  const reasons = [...need.seen, ...need.unseen];
  if (reasons.length > 0 && how.kind !== "unreadable") return refused("still_needed", reasons.join("; "));
  return removal(task, module, how);
};

/** It is not there now. Whether the next boot needs it is not known where something could not be read. */
const notSeen = (module: string, unseen: readonly string[]): Part =>
  unseen.length === 0 ? asWanted : { kind: "unproven", because: `module ${module}: ${unseen.join("; ")}` };

const removal = (task: NamedModule, module: string, how: Unloading): Part => {
  switch (how.kind) {
    case "not_loaded":
      return asWanted;
    case "unreadable":
      return { kind: "unproven", because: `module ${module}: ${how.because}` };
    case "impossible":
      return refused("target_refused", `${module} cannot be unloaded: ${how.because}`);
    case "in_use":
      return refused("module_busy", heldText(how.holders));
    case "order":
      return { kind: "action", action: { kind: "unload_modules", task: task.name, modules: how.unload } };
  }
};
