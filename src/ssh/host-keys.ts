import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type HostEntries, indexKnownHosts, judgeHostKey } from "./host-key-verdict.ts";
import { type KnownHostsProblem, keyType, knownName, parseKnownHosts } from "./known-hosts.ts";

/** The known host keys of one run, shared by its connections. */
export type HostKeys = {
  readonly find: (address: string, port: number) => HostEntries;
  /** Absent: unknown hosts are refused. Gives what went wrong, if anything did. */
  readonly add: ((host: NewHostKey) => Promise<string | undefined>) | undefined;
  readonly files: readonly string[];
  /** Lines that could not be used, and files that could not be read (line 0). */
  readonly problems: readonly KnownHostsProblem[];
};

export type NewHostKey = { readonly address: string; readonly port: number; readonly key: Uint8Array };

/** Reads the files, of which some need not exist. With `acceptNew`, keys of unknown hosts are appended to the first. */
export const loadHostKeys = async (options: {
  readonly files: readonly [string, ...string[]];
  readonly acceptNew: boolean;
}): Promise<HostKeys> => {
  const { files, acceptNew } = options;
  const parsed = await Promise.all(files.map(load));
  const index = indexKnownHosts(parsed.flatMap(({ entries }) => entries));
  const problems = parsed.flatMap((one) => one.problems);
  const readable = !problems.some(({ file, line }) => file === files[0] && line === 0);

  const add = async ({ address, port, key }: NewHostKey): Promise<string | undefined> => {
    // Another connection may have added this name meanwhile.
    const verdict = judgeHostKey(index.find(address, port), key);
    if (verdict.kind === "known") return undefined;
    if (verdict.kind !== "unknown") return "another key was added for this host just now";
    if (!readable) return `${files[0]} cannot be read`;
    const line = `${knownName(address, port)} ${keyType(key) ?? ""} ${Buffer.from(key).toString("base64")}`;
    const [entry] = parseKnownHosts(files[0], line).entries;
    if (!entry || !/^[\w.:%[\]-]+$/.test(knownName(address, port)))
      return "its name cannot stand in a known_hosts file";
    const trouble = await append(files[0], line);
    if (trouble === undefined) index.add(entry);
    return trouble;
  };

  let last: Promise<unknown> = Promise.resolve();
  const addInTurn = (host: NewHostKey): Promise<string | undefined> => {
    const turn = last.then(() => add(host));
    last = turn;
    return turn;
  };
  return { find: index.find, add: acceptNew ? addInTurn : undefined, files, problems };
};

const load = async (file: string): Promise<ReturnType<typeof parseKnownHosts>> => {
  try {
    return parseKnownHosts(file, await readFile(file, "utf8"));
  } catch (error) {
    const missing = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    return {
      entries: [],
      problems: missing ? [] : [{ file, line: 0, message: `cannot be read: ${String(codeOf(error))}` }],
    };
  }
};

/** One write of whole lines to the end of the file, so that other programs may append at the same time. */
const append = async (file: string, line: string): Promise<string | undefined> => {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "a+", 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.from("\n");
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      await handle.write(`${last.toString() === "\n" ? "" : "\n"}${line}\n`);
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    return `${file} cannot be written: ${String(codeOf(error))}`;
  }
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;
