import type { Action, FileBasis } from "../model/action.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { type Frame, parseFrames } from "../remote/frames.ts";
import { type ApplyResult, type Backup, oddities, type Refusal, type Stale, type StepResult } from "./result.ts";

type Expected = { readonly nonce: string; readonly actions: NonEmpty<Action> };

/** What the script said, by what it is about; the first word of a part is its kind, the rest is data. */
type Said = {
  readonly refusals: Refusal[];
  readonly stale: Stale[];
  readonly results: Map<Action, StepResult>;
  backup: Backup;
};

/** Characters of a tool's error text that are kept. */
const errorCap = 500;

/**
 * Reads what `buildApply`'s script printed for the same nonce and actions. Anything that the script cannot have meant
 * (a part that is cut, unknown, told twice or missing) is `garbled`: how far it came is then settled by reading the host.
 */
export const parseApply = (stdout: Uint8Array, { nonce, actions }: Expected): ApplyResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const said: Said = { refusals: [], stale: [], results: new Map(), backup: { kind: "none" } };
  for (const frame of found.frames)
    if (!hear(frame, actions, said)) return { kind: "garbled", because: `a part that makes no sense: ${frame.name}` };
  return conclude(actions, said);
};

const conclude = (actions: NonEmpty<Action>, said: Said): ApplyResult => {
  const { refusals, stale, backup } = said;
  if (isNonEmpty(refusals)) return { kind: "refused", refusals };
  if (isNonEmpty(stale)) return { kind: "stale", stale };
  const step = (action: Action) => ({ action, result: said.results.get(action) ?? ({ kind: "not_tried" } as const) });
  const [first, ...rest] = actions;
  const steps = [step(first), ...rest.map(step)] as const;
  const failed = backup.kind === "failed" || steps.some(({ result }) => isBad(result));
  if (failed) return { kind: "failed", steps, backup };
  const missing = steps.findIndex(({ result }) => result.kind === "not_tried");
  if (missing >= 0) return { kind: "garbled", because: `step ${missing + 1} has no result` };
  return { kind: "applied", steps, backup };
};

const isBad = ({ kind }: StepResult): boolean => kind === "failed" || kind === "differs";

/** Notes one part; false where it makes no sense. */
const hear = ({ name, bytes }: Frame, actions: NonEmpty<Action>, said: Said): boolean => {
  const [kind, rest] = splitWord(new TextDecoder().decode(bytes));
  if (name === "backup") return hearBackup(kind, rest, said);
  const [subject, number] = name.split("/");
  const action = actions[Number(number) - 1];
  if (action === undefined) return false;
  if (subject === "check")
    return kind === "stale" ? hearStale(action, rest, said) : kind === "refused" && hearRefusal(action, rest, said);
  return subject === "step" && hearStep(action, kind, rest, said);
};

const hearBackup = (kind: string, rest: string, said: Said): boolean => {
  if (said.backup.kind !== "none") return false;
  if (kind === "kept") said.backup = { kind, folder: rest };
  if (kind === "failed") said.backup = { kind, error: cap(rest) };
  return kind === "kept" || kind === "failed";
};

const hearStep = (action: Action, kind: string, rest: string, said: Said): boolean => {
  const result = stepResult(kind, rest);
  if (result === undefined || said.results.has(action)) return false;
  said.results.set(action, result);
  return true;
};

const stepResult = (kind: string, rest: string): StepResult | undefined => {
  if (kind === "done" || kind === "already") return { kind };
  if (kind === "failed") return { kind, error: cap(rest) };
  return kind === "differs" ? { kind, found: cap(rest) } : undefined;
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

const splitWord = (text: string): readonly [string, string] => {
  const end = text.indexOf(" ");
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
};

const cap = (text: string): string => text.trimEnd().slice(0, errorCap);
