import { hide } from "../model/hide.ts";
import type { Secret } from "../model/host.ts";
import type { ExecRequest, ExecResult, NotReady } from "../remote/port.ts";
import { failureOf, type Trouble } from "./trouble.ts";

/** What is known of one command so far, and the ways to end it; only the first end counts. */
export type Talk = {
  /** Aborted at the end. */
  readonly over: AbortSignal;
  /** Has standard input begun to be written? */
  sent: boolean;
  /** Does the command itself run, after what it may have asked? */
  ready: boolean;
  /** How often the password was asked for. */
  asked: number;
  /** What was said before that. */
  words: string;
  readonly settle: (result: ExecResult) => void;
  readonly fail: (trouble: Trouble) => void;
  readonly giveUp: (because: NotReady) => void;
};

type Talking = {
  readonly request: ExecRequest;
  /** What the login has sent. */
  readonly secrets: readonly Secret[];
  /** Ends the connection: called after every end but an exit status. */
  readonly destroy: () => void;
};

export const startTalk = ({ request, secrets, destroy }: Talking, resolve: (result: ExecResult) => void): Talk => {
  const { changes, prompt } = request;
  const known = [...secrets, prompt?.answer ?? []].flat();
  const over = new AbortController();
  const settle = (result: ExecResult): void => {
    over.abort();
    resolve(result);
  };
  const talk: Talk = {
    ...{ over: over.signal, sent: false, ready: prompt === undefined, asked: 0, words: "", settle },
    fail: (trouble) => {
      if (over.signal.aborted) return;
      settle({ kind: "failed", failure: failureOf(trouble, { sent: changes && talk.sent, secrets: known }) });
      destroy();
    },
    giveUp: (because) => {
      if (over.signal.aborted) return;
      settle({ kind: "not_ready", because, answered: talk.asked > 0, words: hide(talk.words, known) });
      destroy();
    },
  };
  return talk;
};
