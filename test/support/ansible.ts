import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A command line of ansible-core, the judge of inventories and patterns. */
export type JudgeCase = {
  readonly program: "ansible-inventory" | "ansible";
  readonly args: readonly string[];
  /** The folder that it runs in. */
  readonly cwd: string;
};

export type Judgement = { readonly exit: number; readonly stdout: string; readonly stderr: string };

const script = fileURLToPath(new URL("ansible-judge.py", import.meta.url));
const longest = 300_000;

/** What ansible-core says to these command lines, each run by itself, without configuration. One call for many: starting it costs a second. */
export const judge = async (cases: readonly JudgeCase[]): Promise<readonly Judgement[]> => {
  const child = spawn("/usr/bin/python3", [script], { stdio: ["pipe", "pipe", "inherit"], timeout: longest });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(JSON.stringify(cases));
  const status = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  if (status !== 0) throw new Error(`the judge ended with ${String(status)}`);
  return JSON.parse(Buffer.concat(chunks).toString()) as Judgement[];
};

/** The names that `ansible PATTERN --list-hosts` printed, in its order. */
export const listedHosts = ({ stdout }: Judgement): readonly string[] =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim());
