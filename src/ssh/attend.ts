import type { Readable, Writable } from "node:stream";
import type { Secret } from "../model/host.ts";
import type { Clock, ExecRequest, ExecResult } from "../remote/port.ts";
import { collect } from "./collect.ts";
import { startDeadline } from "./deadline.ts";
import { readPrompt, withoutAnswer, withoutPrompt } from "./prompt.ts";
import { startTalk, type Talk } from "./talk.ts";
import type { Trouble } from "./trouble.ts";

/** How a command ended; both undefined where the host told neither. */
export type CommandEnd = { readonly status: number | undefined; readonly signal: string | undefined };

/** A command that runs. Its streams must hold back what comes before they are read. */
export type Started = {
  readonly kind: "started";
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Undefined on a terminal, which has one stream for both. */
  readonly stderr: Readable | undefined;
  /** Resolves when the end is known, or that it never will be; never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Lets go of the command's streams, which a child of it may still hold; the connection stays. Called once. */
  readonly release: () => void;
};

/** Never rejects. What it gives after the result is settled is let go of. */
export type Start = () => Promise<Started | Extract<Trouble, { kind: "not_started" | "socket" | "lost" }>>;

type Attending = {
  readonly request: ExecRequest;
  readonly clock: Clock;
  /** What the login has sent. */
  readonly secrets: readonly Secret[];
  /** Aborted when the connection is lost; the reason is an Error. */
  readonly gone: AbortSignal;
  /** Ends the connection: after a failure the state of the command is not known. */
  readonly destroy: () => void;
  readonly start: Start;
};

/** Milliseconds that the output may outlast the command: a child in the background can hold it open for ever. */
const grace = 1000;

/** One command, from its start to its exit status, over any transport that has three streams. */
export const attend = (attending: Attending): Promise<ExecResult> =>
  new Promise((resolve) => {
    const { request, clock, gone, start } = attending;
    const { prompt, within } = request;
    const talk = startTalk(attending, resolve);
    const limit = (ms: number, expired: () => void): void =>
      talk.over.addEventListener("abort", startDeadline(clock, ms, expired));
    const onGone = (): void => talk.fail({ kind: "lost", message: reasonOf(gone) });
    gone.addEventListener("abort", onGone, { signal: talk.over });
    if (gone.aborted) {
      onGone();
      return;
    }
    limit(within, () => (talk.ready ? talk.fail({ kind: "script_deadline", ms: within }) : talk.giveUp("stalled")));
    if (prompt) limit(prompt.within, () => talk.ready || talk.giveUp("stalled"));
    void start().then((started) => {
      if (started.kind !== "started") talk.fail(started);
      else if (talk.over.aborted) started.release();
      else converse(started, attending, talk);
    });
  });

const converse = ({ stdin, stdout, stderr, ended, release }: Started, { request, clock }: Attending, talk: Talk) => {
  const { prompt, caps } = request;
  const { fail, giveUp } = talk;
  const out = collect(caps.stdout, () => fail({ kind: "flood", stream: "stdout", cap: caps.stdout }));
  const err = collect(caps.stderr, () => fail({ kind: "flood", stream: "stderr", cap: caps.stderr }));
  const sendScript = (): void => {
    talk.ready = true;
    talk.sent = true;
    // The stream holds back what the host does not take yet; the text is in memory anyway.
    stdin.end(request.stdin);
  };
  // Once: a second wrong answer may lock the account.
  const answer = (asked: number, password: Secret | undefined): void => {
    if (talk.asked > 0) giveUp("asked_again");
    else if (!password) giveUp("no_answer");
    else stdin.write(`${password.reveal()}\n`);
    talk.asked = asked;
  };
  const listen = (): void => {
    if (!prompt || talk.ready || talk.over.aborted) return;
    const { asked, waiting, ready, words } = readPrompt([out.bytes(), err.bytes()], prompt);
    talk.words = words;
    if (ready) sendScript();
    else if (waiting && asked > talk.asked) answer(asked, prompt.answer);
  };
  let concluded = false;
  const conclude = ({ status, signal }: CommandEnd): void => {
    if (concluded) return;
    concluded = true;
    const own = (bytes: Buffer): Buffer => (prompt ? withoutPrompt(bytes, prompt) : bytes);
    const words = (bytes: Buffer): Buffer => (prompt ? withoutAnswer(own(bytes), prompt) : bytes);
    if (status === undefined) fail({ kind: "no_status", signal });
    else talk.settle({ kind: "exited", status, stdout: own(out.bytes()), stderr: words(err.bytes()) });
    release();
  };
  // A program that ends without reading all of its input is judged by its exit status; a lost connection says so itself.
  stdin.on("error", () => undefined);
  const hear =
    (push: (chunk: Buffer) => void) =>
    (chunk: Buffer): void => {
      push(chunk);
      listen();
    };
  const drained = [read(stdout, hear(out.push)), ...(stderr ? [read(stderr, hear(err.push))] : [])];
  void ended.then((end) => {
    const cancel = startDeadline(clock, grace, () => conclude(end));
    talk.over.addEventListener("abort", cancel);
    void Promise.all(drained).then(() => conclude(end));
  });
  if (!prompt) sendScript();
};

/** Hands on what comes; resolves at the end of the stream, however it ends. */
const read = (stream: Readable, hear: (chunk: Buffer) => void): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => resolve();
    stream.on("data", hear).once("end", over).once("close", over).on("error", over);
  });

const reasonOf = (gone: AbortSignal): string =>
  gone.reason instanceof Error ? gone.reason.message : "the connection was lost";
