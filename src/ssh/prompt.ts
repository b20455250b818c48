import type { Prompt } from "../remote/port.ts";

export type PromptState = {
  /** How often the password was asked for. */
  readonly asked: number;
  /** Is the last question the last thing that was said? */
  readonly waiting: boolean;
  /** Does the command run? */
  readonly ready: boolean;
  /** What was said before it ran, without our own marks. */
  readonly words: string;
};

/** Reads the state from all output so far: words may come in pieces. What follows the start is the script's. */
export const readPrompt = (streams: readonly Buffer[], prompt: Prompt): PromptState => {
  const told = streams.map((stream) => stream.toString("latin1").split(readyLine(prompt)));
  const conversations = told.map(([conversation = ""]) => conversation);
  const questions = conversations.map((one) => questionsIn(one, prompt));
  return {
    asked: questions.reduce((sum, { asked }) => sum + asked, 0),
    waiting: questions.some(({ waiting }) => waiting),
    ready: told.some((parts) => parts.length > 1),
    words: utf8(conversations.map((one) => one.replaceAll(bytesOf(prompt.marker), "")).join("")),
  };
};

/**
 * A prompt for a password, in the C locale: "Password: ", "doas (deploy@web1) password: ", "Password for
 * deploy@EXAMPLE.ORG: "; after an expired one "Current password: ". Whatever else asks, for a one-time code say, gets no answer.
 */
const question = /passw(?:or)?d\b[^:\n]*:[ \t]*/gi;

/** With what stands before it, `doas (deploy@web1) `, and with the line feed that a terminal shows for the answer. */
const questionLine = new RegExp(`^[^\\n]*${question.source}(?:\\r?\\n)?`, "gim");

const questionsIn = (conversation: string, { kind, marker }: Prompt): Pick<PromptState, "asked" | "waiting"> => {
  const [, ...after] = conversation.split(bytesOf(marker));
  const words = after.join("");
  const found = [...words.matchAll(question)];
  const last = found.at(-1);
  const open = last !== undefined && last.index + last[0].length === words.length;
  if (kind === "following") return { asked: found.length, waiting: open };
  // After our own prompt another one can only be a second question: for a new password, say.
  return { asked: after.length + (open ? 1 : 0), waiting: after.length > 0 };
};

/**
 * A stream without the conversation: prompts and ready line. What follows the ready line is the script's, byte for byte,
 * and so is all of a stream that was not asked on: the answer may well be a word of a file that it prints.
 */
export const withoutPrompt = (stream: Buffer, prompt: Prompt): Buffer => {
  const text = stream.toString("latin1");
  const start = readyLine(prompt).exec(text);
  if (start === null) return Buffer.from(withoutMarks(text, prompt), "latin1");
  const conversation = withoutMarks(text.slice(0, start.index), prompt);
  return Buffer.from(conversation + text.slice(start.index + start[0].length), "latin1");
};

/** Words for people without the answer, should the host repeat it. */
export const withoutAnswer = (words: Buffer, { answer }: Prompt): Buffer => {
  const hidden = bytesOf(answer?.reveal() ?? "");
  return hidden === "" ? words : Buffer.from(words.toString("latin1").replaceAll(hidden, ""), "latin1");
};

// What a program said after our mark was its conversation with us.
const withoutMarks = (text: string, { kind, marker }: Prompt): string => {
  const [before = "", ...after] = text.split(bytesOf(marker));
  return before + (kind === "own" ? after.join("") : after.join("").replace(questionLine, ""));
};

// With its line feed: sudo repeats the command line, in which the word stands too, when it refuses it.
const readyLine = ({ ready }: Prompt): RegExp => new RegExp(`${bytesOf(ready).replace(/[^\w]/g, "\\$&")}\\r?\\n`);

/** One character per byte, so that text of any encoding can be searched and kept. */
const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const utf8 = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
