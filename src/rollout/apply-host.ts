import { buildApply } from "../apply/build-apply.ts";
import { parseApply } from "../apply/parse-apply.ts";
import { failureOf } from "../apply/result.ts";
import type { Action } from "../model/action.ts";
import type { NonEmpty, RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { hide } from "../model/hide.ts";
import { runScript, type ScriptResult } from "../remote/script.ts";
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

type SendOptions = { readonly run: RunId; readonly walk: Walk };

/**
 * Sends one script, then gathers again: done means that a new reading says so, not that the script ended well. After a
 * lost contact the same reading settles what happened; what may have reached the host is never sent twice.
 */
export const applyHost = async (target: Target, actions: NonEmpty<Action>, options: SendOptions): Promise<Sent> => {
  const nonce = options.walk.effects.nonce();
  const script = buildApply({ nonce, run: options.run, root: target.host.connection.root, actions });
  const ran = await send(target, script, nonce, options.walk);
  const told = ran.kind === "failed" ? ran.failure : failureOf(parseApply(ran.stdout, { nonce, actions }));
  const failure = told && withoutSecrets(told, actions);
  if (failure !== undefined && !failure.sent) return { kind: "untouched", failure };
  const ended = failure === undefined || failure.code === "write_failed" || failure.code === "set_failed";
  if (!ended) await options.walk.effects.clock.sleep(timeToFinish);
  const after = await surveyHost(target, options.walk);
  if (failure === undefined) return { kind: "done", after };
  return { kind: ended ? "failed" : "lost", failure, after };
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

/** A kept connection may have died while it was idle: nothing has reached the host then, and a new one is tried. */
const send = async (target: Target, script: string, nonce: string, walk: Walk): Promise<ScriptResult> => {
  const first = await sendOnce(target, script, nonce, walk);
  const idle = first.kind === "failed" && first.failure.code === "connection_lost" && !first.failure.sent;
  return idle ? sendOnce(target, script, nonce, walk) : first;
};

const sendOnce = async ({ host, become }: Target, script: string, nonce: string, walk: Walk): Promise<ScriptResult> => {
  const connected = await walk.sessions.open(host);
  if (connected.kind === "failed") return connected;
  const request = { script, nonce, become, within: walk.deadlines.apply, changes: true };
  const ran = await runScript(connected.remote, request);
  walk.sessions.release(host, connected.remote, ran.kind === "printed");
  return ran;
};
