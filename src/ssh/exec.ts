import type { ClientChannel } from "ssh2";
import type { Secret } from "../model/host.ts";
import type { Clock, ExecRequest, ExecResult, Remote } from "../remote/port.ts";
import { sh } from "../remote/quote.ts";
import { collect } from "./collect.ts";
import { startDeadline } from "./deadline.ts";
import { type Line, reasonOf } from "./line.ts";
import { readPrompt, withoutPrompt } from "./prompt.ts";
import { failureOf, type Trouble } from "./trouble.ts";

type Connection = {
  readonly line: Line;
  readonly clock: Clock;
  /** What the login has sent. */
  readonly secrets: readonly Secret[];
};

/** Commands on one connection, one at a time. A command that fails ends the connection: its state is not known. */
export const execOn = (connection: Connection): Remote["exec"] => {
  let busy = false;
  return async (request) => {
    if (busy) throw new Error("one exec at a time");
    busy = true;
    try {
      return await exec(connection, request);
    } finally {
      busy = false;
    }
  };
};

const exec = ({ line, clock, secrets }: Connection, request: ExecRequest): Promise<ExecResult> =>
  new Promise((resolve) => {
    const { client, gone, destroy } = line;
    const command = sh(request.command);
    const known = [...secrets, request.prompt?.answer ?? []].flat();
    const progress: Progress = { sent: false, ready: request.prompt === undefined, asked: 0 };
    const settle = (result: ExecResult): void => {
      cancel();
      gone.removeEventListener("abort", onGone);
      resolve(result);
    };
    const fail = (trouble: Trouble): void => {
      settle({
        kind: "failed",
        failure: failureOf(trouble, { sent: request.changes && progress.sent, secrets: known }),
      });
      destroy();
    };
    const onGone = (): void => fail({ kind: "lost", message: reasonOf(gone).message });
    const cancel = startDeadline(clock, request.within, () => fail(late(request, progress)));
    gone.addEventListener("abort", onGone);
    if (gone.aborted) {
      onGone();
      return;
    }
    try {
      client.exec(command, { allowHalfOpen: true }, (error, channel) => {
        if (gone.aborted) return;
        if (error) fail({ kind: "not_started", message: error.message });
        else attend({ channel, request, progress, settle, fail });
      });
    } catch (error) {
      // The library throws when the socket is closing and has not said so yet.
      fail({ kind: "lost", message: String(error) });
    }
  });

/** `sent`: has standard input begun to be written? */
type Progress = { sent: boolean; ready: boolean; asked: number };

const late = ({ within: ms }: ExecRequest, { ready, asked }: Progress): Trouble =>
  ready ? { kind: "script_deadline", ms } : { kind: "no_prompt", ms, answered: asked > 0 };

type Attending = {
  readonly channel: ClientChannel;
  readonly request: ExecRequest;
  readonly progress: Progress;
  readonly settle: (result: ExecResult) => void;
  readonly fail: (trouble: Trouble) => void;
};

const attend = ({ channel, request, progress, settle, fail }: Attending): void => {
  const { prompt, caps } = request;
  const stdout = collect(caps.stdout, () => fail({ kind: "flood", stream: "stdout", cap: caps.stdout }));
  const stderr = collect(caps.stderr, () => fail({ kind: "flood", stream: "stderr", cap: caps.stderr }));
  let exit: { readonly status: number | null; readonly signal: string | undefined } | undefined;
  let open = 3;
  const ended = (): void => {
    open -= 1;
    if (open > 0) return;
    if (typeof exit?.status !== "number") fail({ kind: "no_status", signal: exit?.signal });
    else
      settle({
        kind: "exited",
        status: exit.status,
        stdout: stdout.bytes(),
        stderr: prompt ? withoutPrompt(stderr.bytes(), prompt) : stderr.bytes(),
      });
  };
  const sendScript = (): void => {
    progress.ready = true;
    progress.sent = true;
    // The channel holds back what the host's window does not take; the text is in memory anyway.
    channel.end(request.stdin);
  };
  const converse = (): void => {
    if (!prompt || progress.ready) return;
    const { asked, ready } = readPrompt(stderr.bytes(), prompt);
    if (asked > 1) fail({ kind: "prompted_again" });
    else if (ready) sendScript();
    else if (asked > progress.asked) channel.write(`${prompt.answer.reveal()}\n`);
    progress.asked = asked;
  };

  channel.on("exit", (status: number | null, signal?: string) => {
    exit = { status, signal };
  });
  channel.on("error", (error: Error) => fail({ kind: "lost", message: error.message }));
  channel.on("data", stdout.push).on("end", ended).on("close", ended);
  channel.stderr.on("data", stderr.push).on("data", converse).on("end", ended);
  if (!prompt) sendScript();
};
