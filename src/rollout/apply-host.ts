import { buildApply } from "../apply/build-apply.ts";
import { failureOf } from "../apply/failure-of.ts";
import { parseApply } from "../apply/parse-apply.ts";
import type { Action } from "../model/action.ts";
import type { NonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { hide } from "../model/hide.ts";
import type { PlayOptions } from "./apply-options.ts";
import type { Change } from "./change.ts";
import { withIntent } from "./intent.ts";
import { sendScript } from "./send-script.ts";
import type { Target } from "./survey.ts";

/** How sending one host's actions ended. */
export type Sent =
  /** The script says that every step is in place; whether it is so, a new reading tells. */
  | { readonly kind: "done" }
  /** Nothing was changed. */
  | { readonly kind: "untouched"; readonly failure: Failure }
  /** The script ended and says what it could not do. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Contact was lost: the script may have done all, some or nothing, and may still be at it. */
  | { readonly kind: "lost"; readonly failure: Failure };

type Request = Pick<Change, "confirm" | "holds"> & {
  readonly actions: NonEmpty<Action>;
  /** Seconds after which the host puts the old live values back. */
  readonly trial: number | undefined;
};

/** Sends one script, once: what may have reached the host is never sent again. */
export const applyHost = async (target: Target, request: Request, options: PlayOptions): Promise<Sent> => {
  const { actions, confirm } = request;
  const intent = { host: target.host.name, play: options.playNumber, stage: "apply", actions } as const;
  const done = await withIntent(options.journal, { ...intent, token: confirm?.token }, async () => {
    const result = await send(target, request, options);
    return { result, failure: result.kind === "done" ? undefined : result.failure };
  });
  return done.kind === "unwritten" ? { kind: "untouched", failure: done.failure } : done.result;
};

const send = async (target: Target, request: Request, { run, owner, walk }: PlayOptions): Promise<Sent> => {
  const { actions, confirm } = request;
  const nonce = walk.effects.nonce();
  const script = buildApply({ nonce, run, owner, root: target.host.connection.root, ...request });
  // What is confirmed is that a new connection works: this one is of no use after it.
  const ran = await sendScript(target, { script, nonce, keep: confirm === undefined }, walk);
  const told = ran.kind === "failed" ? ran.failure : failureOf(parseApply(ran.stdout, { nonce, actions }));
  if (told === undefined) return { kind: "done" };
  const failure = withoutSecrets(told, actions);
  if (!failure.sent) return { kind: "untouched", failure };
  return { kind: ran.kind === "printed" && failure.code !== "output_garbled" ? "failed" : "lost", failure };
};

/** A host may repeat what it was sent. */
const withoutSecrets = (failure: Failure, actions: readonly Action[]): Failure => ({
  ...failure,
  detail: hide(
    failure.detail,
    actions.flatMap((action) => ("secrets" in action ? action.secrets : [])),
  ),
});
