import { open, stat } from "node:fs/promises";
import { type Checked, type Problem, problemOf } from "../model/problem.ts";
import { readPipe } from "./read-pipe.ts";

export type NamedText = { readonly file: string; readonly text: string };

const cap = 32 * 1024 * 1024;

/** The text of a file that a person named. A problem where it is missing, a folder, unreadable, not UTF-8 or over 32 MiB. */
export const readText = async (file: string): Promise<Checked<NamedText>> => {
  try {
    const bytes = await readCapped(file);
    return typeof bytes === "string" ? refused(file, bytes) : decode(file, bytes);
  } catch (error) {
    return refused(file, reason(error));
  }
};

/** The bytes, or why they are not taken. Reads no more than the cap, whatever size the file claims (pipes claim none). */
const readCapped = async (file: string): Promise<Uint8Array | string> => {
  if ((await stat(file)).isFIFO()) return readPipe(file, { within: 30_000, most: cap });
  const handle = await open(file, "r");
  try {
    const about = await handle.stat();
    if (about.isDirectory()) return "is a folder; a file is expected";
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of handle.createReadStream({ autoClose: false, end: cap }) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.byteLength;
    }
    return size > cap ? `is larger than ${cap / 1024 / 1024} MiB` : Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
};

const decode = (file: string, bytes: Uint8Array): Checked<NamedText> => {
  const text = utf8(bytes);
  return text === undefined ? refused(file, "is not UTF-8 text") : { kind: "ok", value: { file, text } };
};

/** Undefined where the bytes are not UTF-8. */
export const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** The code of an error of the system (`ENOENT`); empty for any other. */
export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** A problem of a whole file or folder; a bug is thrown on. */
export const refusedFor = (file: string, error: unknown): Problem => problemOf(file, reason(error));

const reason = (error: unknown): string => {
  switch (codeOf(error)) {
    case "ENOENT":
      return "does not exist";
    case "ENOTDIR":
      return "does not exist: a part of the path is not a folder";
    case "EACCES":
    case "EPERM":
      return "may not be read by this user";
    case "EISDIR":
      return "is a folder; a file is expected";
    case "":
      throw error;
    default:
      return `cannot be read (${codeOf(error)})`;
  }
};

const refused = (file: string, message: string): Checked<NamedText> => ({
  kind: "problems",
  problems: [problemOf(file, message)],
});
