import type { ExecRequest } from "../remote/port.ts";

export type Prompt = NonNullable<ExecRequest["prompt"]>;

export type PromptState = {
  /** How often the password was asked for. */
  readonly asked: number;
  /** Does the command run? */
  readonly ready: boolean;
};

/** Reads the state from all of stderr so far: both words may come in pieces. What follows the start is the script's. */
export const readPrompt = (stderr: Buffer, { marker, ready }: Prompt): PromptState => {
  const [conversation = "", ...started] = stderr.toString("latin1").split(readyLine(ready));
  return { asked: conversation.split(bytesOf(marker)).length - 1, ready: started.length > 0 };
};

/** Stderr without the conversation: prompt, ready line and, should the host repeat it, the answer. */
export const withoutPrompt = (stderr: Buffer, { marker, ready, answer }: Prompt): Buffer => {
  const rest = stderr.toString("latin1").replaceAll(bytesOf(marker), "").replace(readyLine(ready), "");
  const hidden = bytesOf(answer.reveal());
  return Buffer.from(hidden === "" ? rest : rest.replaceAll(hidden, ""), "latin1");
};

// With its line feed: sudo repeats the command line, in which the word stands too, when it refuses it.
const readyLine = (ready: string): RegExp => new RegExp(`${bytesOf(ready).replace(/[^\w]/g, "\\$&")}\\r?\\n`);

/** One character per byte, so that text of any encoding can be searched and kept. */
const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
