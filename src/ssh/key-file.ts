import { constants, open } from "node:fs/promises";
import { type ParsedKey, utils } from "ssh2";
import type { Secret } from "../model/host.ts";

/** `optional`: one of the usual places, where a missing file is no mistake. */
export type KeyFile = { readonly path: string; readonly optional: boolean };

/** Asked once for each encrypted key; undefined: there is none, go on without this key. */
export type AskPassphrase = (file: string) => Promise<Secret | undefined>;

/** What a key file gave: its private key, its public one, or neither, and then why. */
export type LoadedKey = {
  readonly privateKey: ParsedKey | undefined;
  readonly publicKey: ParsedKey | undefined;
  readonly trouble: string | undefined;
};

export const missing = "no such file";

type Request = {
  readonly path: string;
  readonly ask: AskPassphrase | undefined;
  /** Has an agent the private key of this public one? Then no passphrase is needed. */
  readonly isHeld: (key: ParsedKey) => boolean;
};

/**
 * Reads a private key, or the public one whose private key an agent holds; a public key also stands beside a private one
 * with `.pub` at its name's end. Decrypting takes a while on purpose: do it once, not per host.
 */
export const loadKeyFile = async ({ path, ask, isHeld }: Request): Promise<LoadedKey> => {
  const beside = keyIn(await readKey(`${path}.pub`));
  const bytes = await readKey(path);
  const plain = typeof bytes === "string" ? undefined : utils.parseKey(bytes);
  const own = keyOf(plain);
  if (own?.isPrivateKey()) return { privateKey: own, publicKey: own, trouble: undefined };
  const publicKey = own ?? beside;
  const none = (trouble: string): LoadedKey => ({ privateKey: undefined, publicKey, trouble });
  if (publicKey && isHeld(publicKey)) return { privateKey: undefined, publicKey, trouble: undefined };
  if (own) return none("a public key, and no agent holds its private key");
  if (typeof bytes === "string") return none(bytes);
  if (!needsPassphrase(plain)) return none("not a private key that can be used here");
  const answer = await ask?.(path);
  if (answer === undefined) return none("encrypted, and no passphrase was given");
  const opened = keyOf(utils.parseKey(bytes, answer.reveal()));
  return opened?.isPrivateKey()
    ? { privateKey: opened, publicKey: opened, trouble: undefined }
    : none("the passphrase does not fit");
};

/** No key is as large. */
const cap = 1024 * 1024;

/** The bytes of a regular file, or why they are not taken. */
const readKey = async (file: string): Promise<Buffer | string> => {
  try {
    // Without O_NONBLOCK a named pipe would hold us until somebody writes to it.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = await handle.stat();
      if (!about.isFile()) return "not a regular file";
      return about.size > cap ? "too large for a private key" : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? missing : "cannot be read";
  }
};

const keyIn = (bytes: Buffer | string): ParsedKey | undefined =>
  typeof bytes === "string" ? undefined : keyOf(utils.parseKey(bytes));

// The library's own wording says what a key contains; it is not handed on.
const keyOf = (parsed: ParsedKey | readonly ParsedKey[] | Error | undefined): ParsedKey | undefined =>
  parsed instanceof Error ? undefined : [parsed ?? []].flat()[0];

const needsPassphrase = (parsed: unknown): boolean =>
  parsed instanceof Error && /no passphrase given/i.test(parsed.message);
