import { readFile } from "node:fs/promises";
import { appendLine } from "./append-line.ts";
import { type AskPerson, confirmHostKey } from "./ask-host-key.ts";
import { type HostEntries, indexKnownHosts, judgeHostKey } from "./host-key-verdict.ts";
import {
  fingerprint,
  hashedName,
  type KnownAs,
  type KnownHostsProblem,
  keyType,
  type NewHostKey,
  nameOf,
  parseKnownHosts,
} from "./known-hosts.ts";
import { slots } from "./slots.ts";

/** The known host keys of one run, shared by the connections whose hosts have the same files. */
export type HostKeys = {
  readonly find: (host: KnownAs) => HostEntries;
  /** Is a host that no line names to be let in with this key? Absent: never. */
  readonly admit: ((host: NewHostKey) => Promise<boolean>) | undefined;
  /** Stores the key of a host that no line names; gives what went wrong, if anything did. */
  readonly add: (host: NewHostKey) => Promise<string | undefined>;
  readonly files: readonly string[];
  /** Lines that could not be used, and files that could not be read (line 0). */
  readonly problems: readonly KnownHostsProblem[];
};

/** What to do with a host that no line names. A key that differs from a known one is never let in. */
export type HostKeyPolicy = "strict" | "accept_new" | { readonly ask: AskPerson };

export type HostKeysRequest = {
  /** New keys go to the first of them. Any file may be missing. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  readonly policy: HostKeyPolicy;
  /** Are the names of new lines hashed (HashKnownHosts)? */
  readonly hash: boolean;
};

/** Host keys by their request: each set of files is read once in a run, and one question is put at a time. */
export const hostKeysCache = (): ((request: HostKeysRequest) => Promise<HostKeys>) => {
  const cache = new Map<string, Promise<HostKeys>>();
  const inTurn = slots(1);
  return (request) => {
    const { userFiles, globalFiles, policy, hash } = request;
    const asking = typeof policy === "object";
    const key = JSON.stringify([userFiles, globalFiles, asking ? "ask" : policy, hash]);
    const ask = (question: string): Promise<string | undefined> =>
      asking ? policy.ask(question) : Promise.resolve(undefined);
    const found = cache.get(key) ?? load({ ...request, policy: asking ? { ask } : policy }, inTurn);
    cache.set(key, found);
    return found;
  };
};

/** Reads the files once. */
export const loadHostKeys = (request: HostKeysRequest): Promise<HostKeys> => load(request, slots(1));

const load = async (request: HostKeysRequest, questionsInTurn: ReturnType<typeof slots>): Promise<HostKeys> => {
  const { userFiles, globalFiles, policy, hash } = request;
  const files = [...userFiles, ...globalFiles];
  const parsed = await Promise.all(files.map(read));
  const index = indexKnownHosts(parsed.flatMap(({ entries }) => entries));
  const problems = parsed.flatMap((one) => one.problems);
  const [target] = userFiles;

  const add = async (host: NewHostKey): Promise<string | undefined> => {
    // Another connection may have added this name meanwhile.
    const verdict = judgeHostKey(index.find(host), host.key);
    if (verdict.kind === "known") return undefined;
    if (verdict.kind !== "unknown") return "another key was added for this host just now";
    if (target === undefined) return "no known_hosts file is named";
    if (problems.some(({ file, line }) => file === target && line === 0)) return `${target} cannot be read`;
    const line = lineFor(host, hash);
    const [entry] = line === undefined ? [] : parseKnownHosts(target, line).entries;
    if (line === undefined || entry === undefined) return "its name cannot stand in a known_hosts file";
    const trouble = await appendLine(target, line);
    if (trouble === undefined) index.add(entry);
    return trouble;
  };
  // The answer about one connection settles the others to that host: its key is stored only after the handshake.
  const confirmed = new Set<string>();
  const confirm = async (host: NewHostKey, ask: AskPerson): Promise<boolean> => {
    const { kind } = judgeHostKey(index.find(host), host.key);
    if (kind !== "unknown") return kind === "known";
    const which = `${nameOf(host)} ${fingerprint(host.key)}`;
    if (confirmed.has(which)) return true;
    const yes = await confirmHostKey({ host, ask, sameKey: index.withKey(host.key) });
    if (yes) confirmed.add(which);
    return yes;
  };
  const admit = (host: NewHostKey): Promise<boolean> =>
    typeof policy === "object" ? questionsInTurn(() => confirm(host, policy.ask)) : Promise.resolve(true);

  const addsInTurn = slots(1);
  return {
    ...{ find: index.find, files, problems },
    admit: policy === "strict" ? undefined : admit,
    add: (host) => addsInTurn(() => add(host)),
  };
};

const lineFor = (host: NewHostKey, hash: boolean): string | undefined => {
  const name = nameOf(host);
  if (!/^[\w.:%[\]-]+$/.test(name)) return undefined;
  return [hash ? hashedName(name) : name, keyType(host.key), Buffer.from(host.key).toString("base64")].join(" ");
};

const read = async (file: string): Promise<ReturnType<typeof parseKnownHosts>> => {
  try {
    return parseKnownHosts(file, await readFile(file, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT" || code === "ENOTDIR";
    return {
      entries: [],
      problems: missing ? [] : [{ file, line: 0, message: `cannot be read: ${String(code)}` }],
    };
  }
};
