import { constants, open } from "node:fs/promises";
import { type ParsedKey, utils } from "ssh2";
import type { Secret } from "../model/host.ts";

/** What a login may use, in this order: the agent's keys, key files, the password. Keys are read once per run. */
export type Identity = {
  readonly keys: readonly PrivateKey[];
  /** Key files that could not be used, each with its reason, for the message when nothing else works. */
  readonly unusable: readonly string[];
  readonly agentSocket: string | undefined;
  readonly password: Secret | undefined;
};

export type PrivateKey = { readonly file: string; readonly key: ParsedKey };

/** `optional`: one of the usual places, where a missing file is no mistake. */
export type KeyFile = { readonly path: string; readonly optional: boolean };

/** Asked once for each encrypted key; undefined: there is none, go on without this key. */
export type AskPassphrase = (file: string) => Promise<Secret | undefined>;

/** Reads and decrypts private keys. Decrypting takes a while on purpose: do it once, not per host. */
export const loadKeys = async (
  files: readonly KeyFile[],
  passphrase: AskPassphrase | undefined,
): Promise<Pick<Identity, "keys" | "unusable">> => {
  const keys: PrivateKey[] = [];
  const unusable: string[] = [];
  for (const { path, optional } of files) {
    const loaded = await loadKey(path, passphrase);
    if (typeof loaded !== "string") keys.push(loaded);
    else if (!(optional && loaded === missing)) unusable.push(`${path}: ${loaded}`);
  }
  return { keys, unusable };
};

const missing = "no such file";

/** No key is as large. */
const cap = 1024 * 1024;

const loadKey = async (file: string, passphrase: AskPassphrase | undefined): Promise<PrivateKey | string> => {
  const text = await readKey(file).catch((error: unknown) => (isMissing(error) ? missing : "cannot be read"));
  if (typeof text === "string") return text;
  const plain = utils.parseKey(text);
  if (!needsPassphrase(plain)) return usable(file, plain, "not a private key that can be used here");
  const answer = await passphrase?.(file);
  if (answer === undefined) return "encrypted, and no passphrase was given";
  return usable(file, utils.parseKey(text, answer.reveal()), "the passphrase does not fit");
};

/** The bytes of a regular file, or why they are not taken. */
const readKey = async (file: string): Promise<Buffer | string> => {
  // Without O_NONBLOCK a named pipe would hold us until somebody writes to it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const about = await handle.stat();
    if (!about.isFile()) return "not a regular file";
    return about.size > cap ? "too large for a private key" : await handle.readFile();
  } finally {
    await handle.close();
  }
};

// The library's own wording says what a key contains; it is not handed on.
const usable = (
  file: string,
  parsed: ParsedKey | readonly ParsedKey[] | Error,
  otherwise: string,
): PrivateKey | string => {
  const key = parsed instanceof Error ? undefined : [parsed].flat()[0];
  return key?.isPrivateKey() ? { file, key } : otherwise;
};

const needsPassphrase = (parsed: unknown): boolean =>
  parsed instanceof Error && /no passphrase given/i.test(parsed.message);

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
