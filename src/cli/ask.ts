import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type Secret, secret } from "../model/host.ts";

/** Is there a person to ask? */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks once on the terminal; anything but `y` or `yes` is no, and so is the end of input. */
export const askYes = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test((await ask(question, false)).trim());

/** Asks for a passphrase; what is typed is not shown. */
export const askSecret = async (question: string): Promise<Secret> => secret(await ask(question, true));

const ask = async (question: string, hidden: boolean): Promise<string> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (hidden) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return await Promise.race([lines.question(hidden ? "" : question), closed]);
  } finally {
    lines.close();
    if (hidden) process.stderr.write("\n");
  }
};
