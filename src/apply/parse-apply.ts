import type { Action, FileBasis } from "../model/action.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { type Frame, parseFrames } from "../remote/frames.ts";
import { isBad } from "./failure-of.ts";
import { cap, hearStepResult, splitWord } from "./hear-step.ts";
import {
  type ApplyResult,
  type Armed,
  type Backup,
  bootEntries,
  oddities,
  type Refusal,
  type Stale,
  type Step,
  type StepResult,
  type TrialTimer,
} from "./result.ts";
import { thenValues } from "./then-calls.ts";

type Expected = { readonly nonce: string; readonly actions: NonEmpty<Action> };

/** What the script said, by what it is about; the first word of a part is its kind, the rest is data. */
type Said = {
  readonly refusals: Refusal[];
  readonly stale: Stale[];
  /** By the step's number, and `STEP_VALUE` for the values of `then`. */
  readonly results: Map<string, StepResult>;
  /** Who holds the host, where it is another run. */
  locked: string | undefined;
  backup: Backup;
  trial: TrialTimer | undefined;
  armed: Armed | undefined;
};

/**
 * Reads what `buildApply`'s script printed for the same nonce and actions. Anything that the script cannot have meant
 * (a part that is cut, unknown, told twice or missing) is `garbled`: how far it came is then settled by reading the host.
 */
export const parseApply = (stdout: Uint8Array, { nonce, actions }: Expected): ApplyResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const said: Said = {
    ...{ refusals: [], stale: [], results: new Map() },
    ...{ locked: undefined, backup: { kind: "none" }, trial: undefined, armed: undefined },
  };
  for (const frame of found.frames)
    if (!hear(frame, actions, said)) return { kind: "garbled", because: `a part that makes no sense: ${frame.name}` };
  return conclude(actions, said);
};

const conclude = (actions: NonEmpty<Action>, said: Said): ApplyResult => {
  const { refusals, stale, backup, locked } = said;
  if (locked !== undefined) return { kind: "locked", by: locked };
  if (isNonEmpty(refusals)) return { kind: "refused", refusals };
  if (isNonEmpty(stale)) return { kind: "stale", stale };
  const [first, ...rest] = actions;
  const steps = [step(first, 1, said), ...rest.map((action, at) => step(action, at + 2, said))] as const;
  const waits = {
    ...(said.trial === undefined ? {} : { trial: said.trial }),
    ...(said.armed === undefined ? {} : { armed: said.armed }),
  };
  const results = steps.flatMap(({ result, values }) => [result, ...values.map((value) => value.result)]);
  if (backup.kind === "failed" || results.some(isBad)) return { kind: "failed", steps, backup, ...waits };
  const missing = steps.findIndex(isUntold);
  if (missing >= 0) return { kind: "garbled", because: `step ${missing + 1} has no result` };
  return { kind: "applied", steps, backup, ...waits };
};

const step = (action: Action, number: number, { results }: Said): Step => {
  const told = (id: string): StepResult => results.get(id) ?? { kind: "not_tried" };
  const values = "then" in action ? thenValues(action.then) : [];
  return {
    action,
    result: told(`${number}`),
    values: values.map(({ name }, at) => ({ name, result: told(`${number}_${at + 1}`) })),
  };
};

const isUntold = ({ result, values }: Step): boolean =>
  [result, ...values.map((value) => value.result)].some(({ kind }) => kind === "not_tried");

/** Notes one part; false where it makes no sense. */
const hear = ({ name, bytes }: Frame, actions: NonEmpty<Action>, said: Said): boolean => {
  const text = new TextDecoder().decode(bytes);
  if (name === "locked") return hearLocked(text, said);
  const [kind, rest] = splitWord(text);
  if (name === "backup") return hearBackup(kind, rest, said);
  if (name === "trial") return hearTrial(kind, rest, said);
  if (name === "armed") return hearArmed(kind, rest, said);
  const [, subject, id = "", number, value] = /^(check|step)\/(([1-9]\d*)(?:_([1-9]\d*))?)$/.exec(name) ?? [];
  const action = actions[Number(number) - 1];
  if (action === undefined || !hasValue(action, value)) return false;
  if (subject === "check")
    return kind === "stale" ? hearStale(action, rest, said) : kind === "refused" && hearRefusal(action, rest, said);
  return hearStep(id, kind, rest, said);
};

const hasValue = (action: Action, value: string | undefined): boolean =>
  value === undefined || ("then" in action && Number(value) <= thenValues(action.then).length);

const hearLocked = (text: string, said: Said): boolean => {
  if (said.locked !== undefined) return false;
  said.locked = cap(text);
  return true;
};

const hearTrial = (kind: string, rest: string, said: Said): boolean => {
  if (said.trial !== undefined || kind !== "armed" || !isTimer(rest)) return false;
  said.trial = rest;
  return true;
};

const hearArmed = (timer: string, entry: string, said: Said): boolean => {
  const boot = bootEntries.find((one) => one === entry);
  if (said.armed !== undefined || boot === undefined || !isTimer(timer)) return false;
  said.armed = { timer, boot };
  return true;
};

const isTimer = (word: string): word is TrialTimer => word === "systemd" || word === "process";

const hearBackup = (kind: string, rest: string, said: Said): boolean => {
  if (said.backup.kind !== "none") return false;
  if (kind === "kept") said.backup = { kind, folder: rest };
  if (kind === "failed") said.backup = { kind, error: cap(rest) };
  return kind === "kept" || kind === "failed";
};

const hearStep = (id: string, kind: string, rest: string, said: Said): boolean => {
  const result = hearStepResult(kind, rest);
  if (result === undefined || said.results.has(id)) return false;
  said.results.set(id, result);
  return true;
};

const hearRefusal = (action: Action, rest: string, said: Said): boolean => {
  const [word, detail] = splitWord(rest);
  const because = oddities.find((oddity) => oddity === word);
  if (because === undefined) return false;
  said.refusals.push({ action, because, detail: cap(detail) });
  return true;
};

const hearStale = (action: Action, rest: string, said: Said): boolean => {
  const found =
    rest === "absent" ? ({ kind: "absent" } as const) : "path" in action ? parseState(rest) : liveValue(rest);
  if (found !== undefined) said.stale.push({ action, found });
  return found !== undefined;
};

const liveValue = (text: string): Stale["found"] => ({ kind: "value", text: cap(text) });

/** `MODE UID GID SHA256`, the mode in octal. */
const parseState = (text: string): FileBasis | undefined => {
  const [, mode, uid, gid, sha256] = /^([0-7]{1,4}) (\d{1,10}) (\d{1,10}) ([0-9a-f]{64})$/.exec(text) ?? [];
  if (mode === undefined || sha256 === undefined) return undefined;
  return { kind: "regular", sha256, mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) };
};
