import type { ConfirmRequest } from "../apply/arm-calls.ts";
import { buildConfirm } from "../apply/build-confirm.ts";
import { type ConfirmResult, parseConfirm } from "../apply/parse-confirm.ts";
import type { Failure } from "../model/failure.ts";
import type { PlayOptions } from "./apply-options.ts";
import { withIntent } from "./intent.ts";
import { margin } from "./read-after.ts";
import { sendUntil, type Unanswered } from "./send-until.ts";
import type { Target } from "./survey.ts";

export type Confirmed =
  | Exclude<ConfirmResult, { kind: "garbled" }>
  | Unanswered
  /** Nothing was sent: the journal could not be written. */
  | { readonly kind: "unwritten"; readonly failure: Failure };

/**
 * Confirms the change that waits on a host, over the connection that its last reading came over: a new one. The same token
 * twice is once, so it is sent until the host answers or has surely put the change back.
 */
export const confirmHost = async (
  target: Target,
  { token, seconds }: Pick<ConfirmRequest, "token" | "seconds">,
  { run, walk, journal, playNumber }: PlayOptions,
): Promise<Confirmed> => {
  const { root } = target.host.connection;
  const intent = { host: target.host.name, play: playNumber, stage: "confirm", actions: [], token } as const;
  const done = await withIntent(journal, intent, async () => {
    const result = await sendUntil(
      target,
      {
        build: (nonce) => buildConfirm({ nonce, run, root, token }),
        parse: parseConfirm,
        until: walk.effects.clock.now() + seconds * 1000 + margin,
      },
      walk,
    );
    return { result, failure: failureOf(result) };
  });
  return done.kind === "unwritten" ? done : done.result;
};

const failureOf = (result: Exclude<Confirmed, { kind: "unwritten" }>): Failure | undefined => {
  switch (result.kind) {
    case "confirmed":
      return undefined;
    case "lost":
      return result.failure;
    case "reverted":
      return { code: "not_confirmed", detail: result.because, sent: true };
    case "nothing":
      return { code: "not_confirmed", detail: "nothing waits there", sent: true };
    case "failed":
      return { code: "not_confirmed", detail: result.error, sent: true };
  }
};
