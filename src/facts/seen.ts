import { absent, type Reading, read, unreadable } from "../model/reading.ts";
import type { Frame } from "../remote/frames.ts";
import { linesByName, parseLooks } from "./sweep.ts";

/** One file that exists on the host, as the probe met it; no lines where only its existence was asked. */
type Sight = {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly lines: readonly string[] | undefined;
};

/** What a probe printed. Paths stand without their leading slash, as the script names them. */
export type Seen = {
  /** A part of the output by its name, or undefined where the script did not send it. */
  readonly bytes: (part: string) => Uint8Array | undefined;
  readonly part: (part: string) => string | undefined;
  readonly paths: readonly string[];
  readonly sight: (path: string) => Sight | undefined;
  /** Lines of a file: all of a small one, the picked ones of a large one; an empty list where it has none. */
  readonly lines: (path: string) => Reading<readonly string[]>;
  /** The same as one text, for files that always have some: unreadable where nothing came out. */
  readonly text: (path: string) => Reading<string>;
};

/** What the frames of one probe say, ready to be asked by path and by part. */
export const seeFrames = (frames: readonly Frame[]): Seen => {
  const parts = new Map(frames.map(({ name, bytes }) => [name, bytes]));
  const part = (name: string) => decode(parts.get(name));
  const sights = new Map<string, Sight>([
    ...sweep(part("plain_marks"), undefined),
    ...sweep(part("marks"), undefined),
    ...sweep(part("wholes"), part("whole")),
    ...sweep(part("picks"), part("picked")),
  ]);
  return {
    part,
    bytes: (name) => parts.get(name),
    paths: [...sights.keys()],
    sight: (path) => sights.get(path),
    lines: (path) => linesOf(path, sights.get(path)),
    text: (path) => textOf(path, linesOf(path, sights.get(path))),
  };
};

/** The files of one sweep, with their lines where it read them. */
const sweep = (names: string | undefined, content: string | undefined): readonly (readonly [string, Sight])[] => {
  const looks = parseLooks(names ?? "");
  const lines = linesByName(content ?? "", new Set(looks.map(({ path }) => path)));
  return looks.map(({ path, readable, writable }) => {
    const found = lines.get(path) ?? [];
    return found === "binary"
      ? [path, { readable: false, writable, lines: undefined }]
      : [path, { readable, writable, lines: content === undefined ? undefined : found }];
  });
};

const linesOf = (path: string, sight: Sight | undefined): Reading<readonly string[]> => {
  if (sight === undefined) return absent;
  if (!sight.readable) return unreadable(`/${path}: no permission, or not text`);
  return sight.lines === undefined ? unreadable(`/${path}: was not read`) : read(sight.lines);
};

const textOf = (path: string, lines: Reading<readonly string[]>): Reading<string> => {
  if (lines.kind !== "read") return lines;
  return lines.value.length === 0 ? unreadable(`/${path}: nothing came out of it`) : read(lines.value.join("\n"));
};

const decode = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
