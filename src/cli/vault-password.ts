import { spawn } from "node:child_process";
import { open, stat } from "node:fs/promises";
import { parse, resolve } from "node:path";
import { type Opened, type Secret, secret } from "../model/host.ts";
import { fromHome } from "../source/home.ts";
import { readText } from "../source/read-text.ts";
import { isVaultText } from "../source/vault-text.ts";
import { visible } from "../source/visible.ts";

type Read = { readonly id: string | undefined; readonly decrypt: (text: string) => Opened };
type Found = Secret | { readonly because: string };

/**
 * The password in a file that the user named; one that is executable is run, as Ansible does, and prints it. Blanks and
 * line ends around the password in a file are no part of it, of what a program prints only line ends.
 */
export const vaultPassword = async (named: string, { id, decrypt }: Read): Promise<Found> => {
  if (named === "") return { because: "expected the name of a password file" };
  const file = resolve(fromHome(named));
  if (await isProgram(file)) return fromProgram(file, id);
  const read = await readText(file);
  if (read.kind === "problems") return { because: `the password file ${visible(named)} ${read.problems[0].message}` };
  const text = read.value.text.trim();
  const opened: Opened = isVaultText(text) ? decrypt(text) : { kind: "ok", plain: text };
  if (opened.kind === "fault") return { because: `${visible(named)}: ${opened.because}` };
  return filled(stripped(String(opened.plain)), named);
};

/** Ansible's rule: any of the three executable bits. What cannot be looked at is for the reader to complain about. */
const isProgram = (file: string): Promise<boolean> =>
  stat(file).then(
    (about) => about.isFile() && (about.mode & 0o111) !== 0,
    () => false,
  );

const stripped = (text: string): string => text.replace(/^[\r\n]+|[\r\n]+$/g, "");

const filled = (text: string, file: string): Found =>
  text === "" ? { because: `${visible(file)} gives an empty password` } : secret(text);

/** Milliseconds: somebody may have to type a PIN. Bytes: no password is that long. */
const limits = { within: 120_000, output: 64 * 1024 };

/** Run without a shell. One whose name ends in `-client` is told which id is wanted. It may ask on the terminal itself. */
const fromProgram = async (file: string, id: string | undefined): Promise<Found> => {
  if (!(await canBeRun(file)))
    return { because: `${visible(file)} is executable and no program: take its executable bit away` };
  const client = parse(file).name.endsWith("-client");
  const ran = await run(file, client && id !== undefined ? ["--vault-id", id] : []);
  if ("because" in ran) return { because: `${visible(file)} ${ran.because}` };
  if (client && ran.status === 2)
    return { because: `${visible(file)} has no password for vault id ${visible(id ?? "")}` };
  if (ran.status !== 0)
    return { because: `${visible(file)} ended with exit status ${ran.status ?? "none (a signal)"}` };
  return filled(stripped(ran.text), file);
};

/** Does it begin as a script or a program does? Anything else the C library hands to a shell: a password would be run there. */
const canBeRun = async (file: string): Promise<boolean> => {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return true;
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return /^(?:#!|\x7fELF)/.test(buffer.toString("latin1"));
  } finally {
    await handle.close();
  }
};

type Ran = { readonly status: number | null; readonly text: string } | { readonly because: string };

const run = (file: string, words: readonly string[]): Promise<Ran> =>
  new Promise((done) => {
    const child = spawn(file, words, { stdio: ["inherit", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (because: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      child.stdout.destroy();
      done({ because });
    };
    const timer = setTimeout(() => end(`gave no password within ${limits.within / 1000} seconds`), limits.within);
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > limits.output) end(`printed more than ${limits.output} bytes`);
    });
    child.once("error", (error: NodeJS.ErrnoException) => end(`cannot be run (${error.code ?? "no reason given"})`));
    child.once("close", (status) => {
      clearTimeout(timer);
      done({ status, text: Buffer.concat(chunks).toString("utf8") });
    });
  });
