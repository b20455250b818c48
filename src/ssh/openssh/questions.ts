import { execFile } from "node:child_process";
import { close, constants, open, write } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Secret } from "../../model/host.ts";

const [execute, openFile, writeTo] = [promisify(execFile), promisify(open), promisify(write)] as const;

/** What ssh asks, and which process of it: the host's own, or one that leads to a bastion. */
export type Question = { readonly pid: number; readonly text: string };

/** Gives the answer; undefined: there is none. */
export type AnswerQuestion = (question: Question) => Promise<Secret | undefined>;

/**
 * Answers the questions of one connection (askpass.sh) over two named pipes in its folder: a secret is on no argument
 * list, in no environment and in no file. Gives what ends it; throws where no pipe can be made.
 */
export const openQuestions = async (folder: string, answer: AnswerQuestion): Promise<() => void> => {
  const [questions, answers] = [join(folder, "question"), join(folder, "answer")] as const;
  await execute("mkfifo", ["-m", "600", questions, answers]);
  // Opened for both ways: without the other end a pipe would hold the open, or end with its first writer.
  const flags = constants.O_RDWR | constants.O_NONBLOCK;
  const reply = await openFile(answers, flags);
  const asked = new Socket({ fd: await openFile(questions, flags), readable: true, writable: false });
  let over = false;
  const tell = async (line: string): Promise<void> => {
    const [, pid, text = ""] = /^(\d+) (.*)$/.exec(line) ?? [];
    const secret = pid === undefined ? undefined : await answer({ pid: Number(pid), text });
    // An empty line is no answer.
    if (!over) await writeTo(reply, `${secret?.reveal() ?? ""}\n`);
  };
  asked.on("error", () => undefined);
  createInterface({ input: asked }).on("line", (line) => void tell(line).catch(() => undefined));
  return () => {
    if (over) return;
    over = true;
    asked.destroy();
    close(reply);
  };
};
