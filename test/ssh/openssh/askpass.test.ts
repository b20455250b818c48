import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret } from "../../../src/model/host.ts";
import { openQuestions, type Question } from "../../../src/ssh/openssh/questions.ts";

const execute = promisify(execFile);
const program = join(import.meta.dirname, "../../../src/ssh/openssh/askpass.sh");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-ask-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each([["dash"], ["bash"], ["busybox", "ash"], ["ksh"], ["mksh"]])("askpass under %s %s", (shell, ...more) => {
  const ask = async (question: string, environment: NodeJS.ProcessEnv = {}): Promise<string> => {
    const env = { ...process.env, CTFLEET_ASK: folder, ...environment };
    return (await execute(shell, [...more, program, question], { env, timeout: 10_000 })).stdout;
  };

  it("hands on the question and prints the answer, byte for byte", async () => {
    const asked: Question[] = [];
    const stop = await openQuestions(folder, (question) => {
      asked.push(question);
      return Promise.resolve(secret(" a\\b $x 'é' %s "));
    });
    expect(await ask("me@web1's password: ")).toBe(" a\\b $x 'é' %s \n");
    expect(await ask("two\n1 lines")).toBe(" a\\b $x 'é' %s \n");
    expect(asked).toEqual([
      { pid: process.pid, text: "me@web1's password: " },
      { pid: process.pid, text: "two 1 lines" },
    ]);
    stop();
  });

  it("prints an empty line where there is no answer, and nothing when the controller is gone", async () => {
    const stop = await openQuestions(folder, () => Promise.resolve(undefined));
    expect(await ask("?")).toBe("\n");
    stop();
    expect(await ask("?")).toBe("");
  });

  it("does not wait at a notice, and allows nothing that wants a yes", async () => {
    expect(await ask("Confirm user presence", { SSH_ASKPASS_PROMPT: "none" })).toBe("");
    await expect(ask("Allow use of key?", { SSH_ASKPASS_PROMPT: "confirm" })).rejects.toMatchObject({ code: 1 });
  });
});
