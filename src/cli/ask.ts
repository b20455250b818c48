import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type Secret, secret } from "../model/host.ts";

/** Is there a person to ask? */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks once on the terminal; anything but `y` or `yes` is no, and so are the end of input and a stop. */
export const askYes = async (question: string, stop: AbortSignal): Promise<boolean> =>
  /^y(es)?$/i.test((await ask(question, { hidden: false, stop })).trim());

/** Asks for a passphrase; what is typed is not shown. Empty after a stop. */
export const askSecret = async (question: string, stop?: AbortSignal): Promise<Secret> =>
  secret(await ask(question, { hidden: true, stop }));

/** Asks on the terminal and gives what is typed; undefined after a stop or at the end of input. */
export const askText = async (question: string, stop: AbortSignal): Promise<string | undefined> => {
  const answer = await ask(question, { hidden: false, stop });
  return stop.aborted ? undefined : answer;
};

type How = { readonly hidden: boolean; readonly stop: AbortSignal | undefined };

const ask = async (question: string, { hidden, stop }: How): Promise<string> => {
  const stopped = (): boolean => stop?.aborted === true;
  if (stopped()) return "";
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  // Only now: before, the terminal itself would show what is typed.
  if (hidden) process.stderr.write(question);
  // The terminal hands Ctrl-C over as a character: it is made the signal that it is elsewhere.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ended = new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    stop?.addEventListener("abort", () => resolve(""), { once: true });
  });
  try {
    return await Promise.race([lines.question(hidden ? "" : question), ended]);
  } finally {
    lines.close();
    if (hidden || stopped()) process.stderr.write("\n");
  }
};
