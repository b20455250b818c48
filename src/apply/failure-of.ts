import type { Action } from "../model/action.ts";
import type { NonEmpty } from "../model/brand.ts";
import type { FailedCode, Failure } from "../model/failure.ts";
import type { ApplyResult, Backup, Refusal, Step, StepResult } from "./result.ts";

/** The failure that a host is reported with, or undefined where every step is in place. */
export const failureOf = (result: ApplyResult): Failure | undefined => {
  switch (result.kind) {
    case "applied":
      return undefined;
    case "stale":
      return { code: "stale", detail: result.stale.map(({ action }) => nameOf(action)).join(", "), sent: false };
    case "refused":
      return refusedFailure(result.refusals);
    case "locked":
      return { code: "locked", detail: result.by, sent: false };
    case "failed":
      return stepFailure(result.steps, result.backup);
    case "garbled":
      return { code: "output_garbled", detail: result.because, sent: true };
  }
};

const refusedFailure = (refusals: NonEmpty<Refusal>): Failure => {
  const has = (because: Refusal["because"]): boolean => refusals.some((refusal) => refusal.because === because);
  const code = has("rules_differ") ? "rules_differ" : has("in_use") ? "module_busy" : "target_refused";
  return { code, detail: refusals.map(refusalText).join(", "), sent: false };
};

const stepFailure = (steps: NonEmpty<Step>, backup: Backup): Failure => {
  if (backup.kind === "failed") return { code: "write_failed", detail: backup.error, sent: true };
  const bad = steps.filter(({ result }) => isBad(result));
  const values = steps.flatMap((step) => step.values).filter(({ result }) => isBad(result));
  const [worst] = [...bad.map(codeOf), "set_failed" as const].toSorted(
    (a, b) => gravity.indexOf(a) - gravity.indexOf(b),
  );
  const texts = [...bad.map((step) => resultText(nameOf(step.action), step.result))];
  const detail = [...texts, ...values.map(({ name, result }) => resultText(name, result))].join(", ");
  return { code: worst ?? "set_failed", detail, sent: true };
};

export const isBad = ({ kind }: StepResult): boolean => kind === "failed" || kind === "differs" || kind === "busy";

/** Where several failed, the one that the rest may follow from. */
const gravity: readonly FailedCode[] = ["command_failed", "write_failed", "module_busy", "reload_failed", "set_failed"];

const codeOf = ({ action, result }: Step): FailedCode => {
  if (result.kind === "busy") return "module_busy";
  if ("path" in action) return "write_failed";
  if (action.kind === "run") return "command_failed";
  return action.kind === "set" || action.kind === "set_hashsize" || action.kind === "end_trial"
    ? "set_failed"
    : "reload_failed";
};

const resultText = (name: string, result: StepResult): string => {
  switch (result.kind) {
    case "failed":
      return `${name}: ${result.error}`;
    case "differs":
      return `${name}: ${result.found}`;
    case "busy":
      return `${result.module}: ${result.error} (${heldBy(result)})`;
    default:
      return name;
  }
};

const heldBy = ({ references, holders }: Extract<StepResult, { kind: "busy" }>): string =>
  `${references} references${holders.length > 0 ? `, held by ${holders.join(" ")}` : ""}`;

const refusalText = ({ action, because, detail }: Refusal): string =>
  `${nameOf(action)}: ${because}${detail === "" ? "" : ` ${detail}`}`;

const nameOf = (action: Action): string => {
  switch (action.kind) {
    case "set":
      return action.key;
    case "set_hashsize":
      return "hashsize";
    case "load_module":
      return action.module;
    case "unload_modules":
      return action.modules.join(" ");
    case "reload_modules":
      return action.unload.join(" ");
    case "restart_firewall":
      return action.service;
    case "reboot":
      return "reboot";
    case "end_trial":
      return `trial ${action.run}`;
    case "run":
      return action.task;
    default:
      return action.path;
  }
};
