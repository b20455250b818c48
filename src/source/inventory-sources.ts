import { isNonEmpty } from "../model/brand.ts";
import { type Checked, checked, type Problem, problemOf } from "../model/problem.ts";
import { kindOf } from "./folder-entries.ts";
import { inOrder } from "./in-order.ts";
import { inventoryFiles } from "./inventory-files.ts";
import { programIn } from "./program.ts";
import { readText, refusedFor } from "./read-text.ts";
import { runInventory } from "./run-inventory.ts";
import { hostsToAskFor } from "./script-hosts.ts";
import type { InventorySource } from "./sources.ts";

export type SourceOptions = {
  /** Milliseconds that each executable has for all its calls together; 30,000 unless given. */
  readonly deadline?: number;
  /** Ends the executables that are running. */
  readonly stop?: AbortSignal;
  /** Gets each line that an executable inventory writes to its standard error, fit for a terminal. */
  readonly onStderr: (file: string, line: string) => void;
};

/**
 * Reads what `-i` names, in that order: files, folders (as Ansible walks them), executables, lists of hosts. An executable
 * is run only because its name or its folder was given. Every problem of all of them is told.
 */
export const readInventorySources = async (
  words: readonly string[],
  options: SourceOptions,
): Promise<Checked<readonly InventorySource[]>> => {
  const sources: InventorySource[] = [];
  const problems: Problem[] = [];
  for (const word of words) {
    const read = await readWord(word, options);
    for (const one of read)
      if (one.kind === "ok") sources.push(one.value);
      else problems.push(...one.problems);
  }
  return checked(sources, problems);
};

type Read = Checked<InventorySource>;

const readWord = async (word: string, options: SourceOptions): Promise<readonly Read[]> => {
  try {
    const kind = await kindOf(word);
    if (kind === "folder") return await readFolder(word, options);
    if (kind === undefined && word.includes(","))
      return [{ kind: "ok", value: { kind: "hosts", file: "-i", text: word } }];
    return [kind === undefined ? await missing(word) : await readFile(word, options)];
  } catch (error) {
    return [{ kind: "problems", problems: [refusedFor(word, error)] }];
  }
};

const refused = (file: string, message: string): Read => ({ kind: "problems", problems: [problemOf(file, message)] });

const missing = async (word: string): Promise<Read> => {
  const read = await readText(word);
  if (read.kind === "ok") return { kind: "ok", value: { kind: "file", ...read.value } };
  const [{ message }] = read.problems;
  return refused(word, message === "does not exist" ? `${message}; a list of hosts has a comma: "web1,"` : message);
};

const readFolder = async (folder: string, options: SourceOptions): Promise<readonly Read[]> => {
  const files = await inventoryFiles(folder);
  if (files.length === 0)
    return [
      refused(
        folder,
        "has no inventory in it; hidden files, group_vars, host_vars and names like *.ini, *.cfg, *.txt, *.md, *.bak are left out, as Ansible does",
      ),
    ];
  return inOrder(files, (file) => readFile(file, options));
};

const readFile = async (file: string, options: SourceOptions): Promise<Read> => {
  const program = await programIn(file);
  if (program === "executable") return readScript(file, options);
  if (program === "not executable")
    return refused(file, `begins with #! and is not executable; if it is a program, run: chmod +x ${file}`);
  const read = await readText(file);
  return read.kind === "ok" ? { kind: "ok", value: { kind: "file", ...read.value } } : read;
};

const readScript = async (file: string, options: SourceOptions): Promise<Read> => {
  const deadline = AbortSignal.timeout(options.deadline ?? 30_000);
  const stop = options.stop === undefined ? deadline : AbortSignal.any([deadline, options.stop]);
  const onStderr = (line: string): void => {
    options.onStderr(file, line);
  };
  const listing = await runInventory({ file, args: ["--list"], stop, onStderr });
  if (listing.kind === "fault") return refused(file, `${listing.message} (--list)`);
  const left = [...hostsToAskFor(listing.text)];
  const hostTexts = new Map<string, string>();
  const faults: Problem[] = [];
  const askForEach = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined && faults.length === 0; name = left.shift()) {
      const ran = await runInventory({ file, args: ["--host", name], stop, onStderr });
      if (ran.kind === "ok") hostTexts.set(name, ran.text);
      else faults.push(problemOf(file, `${ran.message} (--host ${name})`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askForEach));
  if (isNonEmpty(faults)) return { kind: "problems", problems: faults };
  return { kind: "ok", value: { kind: "script", file, text: listing.text, hostTexts } };
};

const atOnce = 4;
