/**
 * What a script prints: `@NONCE NAME BYTES`, a line feed, that many bytes, a line feed; and so on until `@NONCE end 0`.
 * The nonce is new for each exec and the bytes are counted, so neither a login banner, nor a file that looks like a
 * frame, nor what a logout script prints can be taken for output of ours.
 */
export type Frame = { readonly name: string; readonly bytes: Uint8Array };

export type Frames =
  | { readonly kind: "whole"; readonly frames: readonly Frame[] }
  | { readonly kind: "garbled"; readonly because: string };

const lineFeed = 0x0a;
const header = /^@([0-9a-f]{32}) ([a-z][\w./-]*) (\d{1,9})$/;

/** Splits a script's standard output. Whole only if every count fits and the end was reached. */
export const parseFrames = (output: Uint8Array, nonce: string): Frames => {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const frames: Frame[] = [];
  let at = startOf(bytes, nonce);
  if (at === undefined) return garbled("the script's output has no beginning");
  for (;;) {
    const end: number = bytes.indexOf(lineFeed, at);
    if (end < 0) return garbled(`the output ends inside a header after ${frames.length} parts`);
    const found = header.exec(bytes.toString("latin1", at, end));
    if (found?.[1] !== nonce)
      return garbled(`part ${frames.length + 1} does not begin where part ${frames.length} ends`);
    const [name, count] = [found[2] ?? "", Number(found[3])];
    if (name === "end") return { kind: "whole", frames };
    const from = end + 1;
    const to = from + count;
    if (bytes[to] !== lineFeed) return garbled(`part ${name} is not ${count} bytes long`);
    frames.push({ name, bytes: bytes.subarray(from, to) });
    at = to + 1;
  }
};

/** The first header of ours: banners may come before it, with or without a line feed at their end. */
const startOf = (bytes: Buffer, nonce: string): number | undefined => {
  const at = bytes.indexOf(`@${nonce} `);
  return at < 0 ? undefined : at;
};

const garbled = (because: string): Frames => ({ kind: "garbled", because });
