import { buildApply } from "../apply/build-apply.ts";
import { parseApply } from "../apply/parse-apply.ts";
import { failureOf } from "../apply/result.ts";
import type { Action } from "../model/action.ts";
import type { NonEmpty, RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { runScript } from "../remote/script.ts";
import { type Survey, surveyHost, type Target, type Walk } from "./survey.ts";

/** How sending one host's actions ended, with what the host says of itself after. */
export type Sent =
  /** The script says that every step is in place; whether it is so, `after` tells. */
  | { readonly kind: "done"; readonly after: Survey }
  /** Nothing was changed. */
  | { readonly kind: "untouched"; readonly failure: Failure }
  /** Some of it may have been done. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly after: Survey };

/**
 * Sends one script, then gathers again: done means that a new reading says so, not that the script ended well. After a
 * lost contact the same reading settles what happened; nothing is ever sent twice.
 */
export const applyHost = async (
  target: Target,
  actions: NonEmpty<Action>,
  { run, walk }: { readonly run: RunId; readonly walk: Walk },
): Promise<Sent> => {
  const connected = await walk.sessions.open(target.host);
  if (connected.kind === "failed") return { kind: "untouched", failure: connected.failure };
  const { remote } = connected;
  const nonce = walk.effects.nonce();
  const ran = await runScript(remote, {
    script: buildApply({ nonce, run, root: target.host.connection.root, actions }),
    nonce,
    become: target.become,
    within: walk.deadlines.apply,
    changes: true,
  });
  walk.sessions.release(target.host, remote, ran.kind === "printed");
  const failure = ran.kind === "failed" ? ran.failure : failureOf(parseApply(ran.stdout, { nonce, actions }));
  if (failure !== undefined && !failure.sent) return { kind: "untouched", failure };
  const after = await surveyHost(target, walk);
  return failure === undefined ? { kind: "done", after } : { kind: "failed", failure, after };
};
