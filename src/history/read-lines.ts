import type { FileHandle } from "node:fs/promises";
import { utf8 } from "../source/read-text.ts";

/** A line without its line feed, counted from 1. `text` is undefined where it is not UTF-8, or longer than the cap. */
export type Line = { readonly number: number; readonly text: string | undefined };

/** Whole lines of a file, and the offset at which the last of them ends: what follows it was cut off as it was written. */
export type Lines = { readonly lines: readonly Line[]; readonly end: number; readonly torn: boolean };

const chunk = 256 * 1024;
/** A line is about one host: its report and its findings. */
const longest = 32 * chunk;

/** Reads the lines of an open file; only what ends with a line feed is one. */
export const readLines = async (handle: FileHandle): Promise<Lines> => {
  const lines: Line[] = [];
  let begun: Uint8Array[] = [];
  let length = 0;
  let end = 0;
  let at = 0;
  const take = (part: Uint8Array): void => {
    length += part.length;
    if (length <= longest) begun.push(part);
  };
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunk), 0, chunk, at);
    if (bytesRead === 0) return { lines, end, torn: length > 0 };
    for (let from = 0; from < bytesRead; ) {
      const feed = buffer.subarray(0, bytesRead).indexOf(10, from);
      take(buffer.subarray(from, feed < 0 ? bytesRead : feed));
      if (feed < 0) break;
      lines.push({ number: lines.length + 1, text: length > longest ? undefined : utf8(Buffer.concat(begun)) });
      [begun, length] = [[], 0];
      from = feed + 1;
      end = at + from;
    }
    at += bytesRead;
  }
};
