import { buildRevert } from "../apply/build-revert.ts";
import { parseRevert, type RevertResult, revertFailureOf } from "../apply/parse-revert.ts";
import type { Action } from "../model/action.ts";
import type { RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { PlayOptions } from "./apply-options.ts";
import { withIntent } from "./intent.ts";
import { sendUntil, type Unanswered } from "./send-until.ts";
import type { Target } from "./survey.ts";

export type PutBack =
  | Exclude<RevertResult, { kind: "garbled" }>
  | Unanswered
  /** Nothing was sent: the journal could not be written. */
  | { readonly kind: "unwritten"; readonly failure: Failure };

type Request = {
  /** The run whose change is put back. */
  readonly of: RunId;
  readonly what: "pending" | "all";
  readonly actions: readonly Action[];
  /** Milliseconds in which the host is to answer. */
  readonly within: number;
};

/** Has a host put a change back, now. Twice is once, so it is sent until the host answers or the time is over. */
export const revertHost = async (
  target: Pick<Target, "host" | "become">,
  { of, what, actions, within }: Request,
  { owner, walk, journal, playNumber }: Pick<PlayOptions, "owner" | "walk" | "journal" | "playNumber">,
): Promise<PutBack> => {
  const { name, connection } = target.host;
  const intent = { host: name, play: playNumber, stage: "revert", actions, token: undefined } as const;
  const done = await withIntent(journal, intent, async () => {
    const result = await sendUntil(
      target,
      {
        build: (nonce) => buildRevert({ nonce, run: of, root: connection.root, owner, what }),
        parse: parseRevert,
        until: walk.effects.clock.now() + within,
      },
      walk,
    );
    return { result, failure: result.kind === "lost" ? result.failure : revertFailureOf(result) };
  });
  return done.kind === "unwritten" ? done : done.result;
};
