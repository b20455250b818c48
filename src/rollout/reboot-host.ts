import { buildReboot } from "../apply/build-reboot.ts";
import { parseReboot, type RebootResult, rebootFailureOf } from "../apply/parse-reboot.ts";
import type { Action } from "../model/action.ts";
import { durationText } from "../model/duration.ts";
import type { Failure, FailureCode } from "../model/failure.ts";
import type { PlayOptions } from "./apply-options.ts";
import { type Awaited, awaitBoot } from "./await-boot.ts";
import { withIntent } from "./intent.ts";
import { sendScript } from "./send-script.ts";
import { goingOn, type PlannedSurvey, type Target, type Walk } from "./survey.ts";

export type RebootAction = Extract<Action, { kind: "reboot" }>;

export const isReboot = (action: Action): action is RebootAction => action.kind === "reboot";

export type Rebooted =
  /** Nothing was done: the host refused, or nothing reached it. */
  | { readonly kind: "untouched"; readonly failure: Failure }
  /** It was sent, and is never sent again; what it came to is not what was wanted. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Another boot that stayed, and what the host says of itself in it. */
  | { readonly kind: "back"; readonly after: PlannedSurvey };

type RebootOptions = Pick<PlayOptions, "run" | "walk" | "journal" | "playNumber"> & {
  /** What confirms the change that waits for this reboot. */
  readonly token: string | undefined;
  /** The run was cut off when it may have sent this: then a host that says so itself is as good as told. */
  readonly again: boolean;
};

// Milliseconds: a host that goes down needs some; one that was stable is to answer within this.
const toGoDown = 3000;
export const toAnswer = 60_000;

/**
 * Reboots a host once and proves it: another boot_id before the deadline, and the same one when the stability window is
 * over. Whether a trigger that lost contact has fired is settled by the boot_id, never by sending it again.
 */
export const rebootHost = async (target: Target, action: RebootAction, options: RebootOptions): Promise<Rebooted> => {
  const { walk, journal, playNumber, token } = options;
  const intent = { host: target.host.name, play: playNumber, stage: "reboot", actions: [action], token } as const;
  const done = await withIntent(journal, intent, async () => {
    const told = await trigger(target, action, options);
    const result = told.kind === "untouched" ? told : await proveReboot(target, action, { walk, lost: told.lost });
    return { result, failure: result.kind === "back" ? undefined : result.failure };
  });
  return done.kind === "unwritten" ? { kind: "untouched", failure: done.failure } : done.result;
};

type Proving = { readonly walk: Walk; readonly lost: Failure | undefined };

/** Waits for a host that was told to reboot. */
export const proveReboot = async (
  target: Target,
  action: RebootAction,
  { walk, lost }: Proving,
): Promise<Exclude<Rebooted, { kind: "untouched" }>> => {
  const { effects, onProgress } = walk;
  const { clock } = effects;
  const { name: host } = target.host;
  const began = clock.now();
  onProgress({ kind: "rebooting", host, within: action.within });
  await clock.sleep(Math.min(toGoDown, action.within));
  const back = await awaitBoot(target, { until: began + action.within, isIt: (boot) => boot !== action.from }, walk);
  if (back.kind !== "found") return failed(notRebooted(back, action, lost));
  onProgress({ kind: "back", host, after: clock.now() - began, stable: action.stable });
  await clock.sleep(action.stable);
  const stayed = await awaitBoot(target, { until: clock.now() + toAnswer, isIt: () => true }, walk);
  if (stayed.kind !== "found" || stayed.boot !== back.boot) return failed(notStable(stayed, action));
  onProgress({ kind: "stable", host, after: clock.now() - began });
  return { kind: "back", after: stayed.survey };
};

type Told = Extract<Rebooted, { kind: "untouched" }> | { readonly kind: "sent"; readonly lost: Failure | undefined };

const trigger = async (target: Target, { from }: RebootAction, { run, walk, again }: RebootOptions): Promise<Told> => {
  const nonce = walk.effects.nonce();
  const script = buildReboot({ nonce, run, root: target.host.connection.root, from });
  const ran = await sendScript(target, { script, nonce, keep: false }, goingOn(walk));
  if (ran.kind === "failed")
    return ran.failure.sent ? { kind: "sent", lost: ran.failure } : { kind: "untouched", failure: ran.failure };
  const result = parseReboot(ran.stdout, nonce);
  if (again && wasSent(result)) return { kind: "sent", lost: undefined };
  const failure = rebootFailureOf(result);
  return failure === undefined || failure.sent ? { kind: "sent", lost: failure } : { kind: "untouched", failure };
};

const wasSent = (result: RebootResult): boolean =>
  result.kind === "refused" && result.reasons.some(({ because }) => because === "rebooted_before");

const failed = (failure: Failure): Extract<Rebooted, { kind: "failed" }> => ({ kind: "failed", failure });

const failure = (code: FailureCode, detail: string): Failure => ({ code, detail, sent: true });

type Missed = Exclude<Awaited, { kind: "found" }>;

/** Why there is no other boot: the host is in its old one, or there is no host. */
const notRebooted = (missed: Missed, { within }: RebootAction, lost: Failure | undefined): Failure => {
  if (missed.kind === "other_key") return strange(missed.failure);
  const { last, tries } = missed;
  const time = durationText(within / 1000);
  const unheard = lost === undefined ? "" : `; contact was lost while it was told to (${words(lost)})`;
  switch (last.kind) {
    case "boot":
      return failure("not_rebooted", `its boot_id is the same after ${time}${unheard}`);
    case "no_boot":
      return failure(
        "not_rebooted",
        `it answers after ${time}, and its boot_id cannot be read: ${last.because}${unheard}`,
      );
    case "failed":
      return failure("not_back", `tried ${tries} times in ${time}, the last one gave ${words(last.failure)}`);
  }
};

const notStable = (found: Awaited, { stable }: RebootAction): Failure => {
  if (found.kind === "other_key") return strange(found.failure);
  const after = `${durationText(stable / 1000)} after it had come back`;
  if (found.kind === "found") return failure("not_stable", `it is in yet another boot ${after}`);
  const { last } = found;
  const because = last.kind === "failed" ? words(last.failure) : last.kind === "no_boot" ? last.because : "";
  return failure("not_stable", `it does not answer ${after}: ${because}`);
};

const strange = ({ code, detail }: Failure): Failure =>
  failure(code, `after its reboot, which needs a person now: ${detail}`);

const words = ({ code, detail }: Failure): string => (detail === "" ? code : `${code}: ${detail}`);
