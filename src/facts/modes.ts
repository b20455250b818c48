import { remember } from "../model/remember.ts";

/** A file's own state, from `ls -ldn`. */
export type Mode = {
  readonly type: string;
  /** Permission bits with setuid, setgid and sticky, as chmod has them. */
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  /** Where a symbolic link points. */
  readonly target: string | undefined;
};

/** By the path as it was given to ls, one character per byte. */
export type Modes = ReadonlyMap<string, Mode>;

const line =
  /^([a-z-])([r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-])[.+@]? +(\d+) +(\d+) +(\d+) +(?:\d+|\d+, +\d+) +[A-Z][a-z]{2} +\d+ +(?:\d\d:\d\d|\d{4}) (.*)$/;

/** The lines of `ls -ldn`; a line that it cannot read is left out. */
export const parseModes = (bytes: Uint8Array | undefined): Modes => modesOf(latin1(bytes ?? new Uint8Array()));

const modesOf = remember((listing): Modes => {
  const modes = new Map<string, Mode>();
  for (const text of listing.split("\n")) {
    const [, type, bits, links, uid, gid, rest] = line.exec(text) ?? [];
    if (type === undefined || bits === undefined || rest === undefined) continue;
    const [path = "", target] = type === "l" ? rest.split(" -> ", 2) : [rest];
    modes.set(path, { type, mode: modeOf(bits), links: Number(links), uid: Number(uid), gid: Number(gid), target });
  }
  return modes;
});

/** A path's mode; busybox prints `?` for bytes beyond ASCII. */
export const modeOfPath = (modes: Modes, path: string): Mode | undefined => {
  const name = latin1(Buffer.from(path));
  return modes.get(name) ?? modes.get(name.replaceAll(/[^ -~]/g, "?"));
};

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

/** `rwxr-sr-x` as a number. A capital letter is setuid, setgid or sticky without the right to execute. */
const modeOf = (bits: string): number => {
  let mode = 0;
  for (let at = 0; at < 9; at++) {
    const bit = bits.charAt(at);
    if (bit !== "-" && bit !== "S" && bit !== "T") mode |= 0o400 >> at;
    if (bit === "s" || bit === "S" || bit === "t" || bit === "T") mode |= 0o4000 >> ((at - 2) / 3);
  }
  return mode;
};
