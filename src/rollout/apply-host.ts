import { buildApply } from "../apply/build-apply.ts";
import { failureOf } from "../apply/failure-of.ts";
import { parseApply } from "../apply/parse-apply.ts";
import type { Action } from "../model/action.ts";
import type { NonEmpty, RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { hide } from "../model/hide.ts";
import { sendScript } from "./send-script.ts";
import { type Survey, surveyHost, type Target, type Walk } from "./survey.ts";

/** How sending one host's actions ended, with what the host says of itself after. */
export type Sent =
  /** The script says that every step is in place; whether it is so, `after` tells. */
  | { readonly kind: "done"; readonly after: Survey }
  /** Nothing was changed. */
  | { readonly kind: "untouched"; readonly failure: Failure }
  /** The script ended and says what it could not do. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly after: Survey }
  /** Contact was lost: the script may have done all, some or nothing, and may still be at it. */
  | { readonly kind: "lost"; readonly failure: Failure; readonly after: Survey };

type SendOptions = {
  readonly run: RunId;
  readonly walk: Walk;
  /** Seconds after which the host puts the old live values back. */
  readonly trial: number | undefined;
  /** Does this reading show the goal? Where contact was lost, it is read again until it does, for a while. */
  readonly isThere: (after: Survey) => boolean;
};

/**
 * Sends one script, then gathers again: done means that a new reading says so, not that the script ended well. After a
 * lost contact the same reading settles what happened; what may have reached the host is never sent twice.
 */
export const applyHost = async (target: Target, actions: NonEmpty<Action>, options: SendOptions): Promise<Sent> => {
  const { run, walk, trial, isThere } = options;
  const nonce = walk.effects.nonce();
  const script = buildApply({ nonce, run, root: target.host.connection.root, actions, trial });
  const ran = await sendScript(target, { script, nonce, keep: true }, walk);
  const told = ran.kind === "failed" ? ran.failure : failureOf(parseApply(ran.stdout, { nonce, actions }));
  const failure = told && withoutSecrets(told, actions);
  if (failure === undefined) return { kind: "done", after: await surveyHost(target, walk) };
  if (!failure.sent) return { kind: "untouched", failure };
  if (ran.kind === "printed" && failure.code !== "output_garbled")
    return { kind: "failed", failure, after: await surveyHost(target, walk) };
  return { kind: "lost", failure, after: await readPatiently(target, actions, { walk, isThere }) };
};

/** A host may repeat what it was sent. */
const withoutSecrets = (failure: Failure, actions: readonly Action[]): Failure => ({
  ...failure,
  detail: hide(
    failure.detail,
    actions.flatMap((action) => ("secrets" in action ? action.secrets : [])),
  ),
});

// Milliseconds. A script that lost us goes on; most are done in a fraction of this.
const timeToFinish = 2000;

// A reload takes its time, and it may be what cut the connection.
const timeToReload = [timeToFinish, 5000, 10_000, 20_000, 30_000];

const readPatiently = async (
  target: Target,
  actions: readonly Action[],
  { walk, isThere }: Pick<SendOptions, "walk" | "isThere">,
): Promise<Survey> => {
  let after: Survey | undefined;
  for (const pause of actions.some(cutsConnections) ? timeToReload : [timeToFinish]) {
    await walk.effects.clock.sleep(pause);
    after = await surveyHost(target, walk);
    if (isThere(after)) return after;
  }
  if (after === undefined) throw new Error("there is always one pause");
  return after;
};

const cutsConnections = ({ kind }: Action): boolean =>
  kind === "reload_modules" || kind === "unload_modules" || kind === "restart_firewall";
