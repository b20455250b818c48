import { createHash } from "node:crypto";
import type { HostPath } from "../model/brand.ts";
import type { Facts, FileState } from "../model/facts.ts";
import { type Modes, modeOfPath } from "./modes.ts";
import { wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

/** Bytes; the probe sends no larger file. The script has the same number. */
const largest = 262_144;

/** Each managed file as it stands, or why the contents that came cannot be told apart. */
export const parseFiles = (
  seen: Seen,
  modes: Modes,
  paths: readonly HostPath[],
): Facts["files"] | { readonly garbled: string } => {
  const kinds = byPath(seen.part("kinds"));
  const sizes = byPath(seen.part("sizes"));
  const contents = seen.bytes("contents") ?? new Uint8Array();
  const files = new Map<HostPath, FileState>();
  let at = 0;
  for (const path of paths) {
    const size = wholeNumber(sizes.get(path));
    const state = stateOf(kinds.get(path), size);
    if (state !== "sent" || size === undefined) {
      files.set(path, state === "sent" ? gone : state);
      continue;
    }
    files.set(path, regular(contents.subarray(at, at + size), modes, path));
    at += size;
  }
  return at === contents.length
    ? files
    : { garbled: `managed files: ${contents.length} bytes came where ${at} were announced` };
};

const gone: FileState = { kind: "unreadable", because: "it went while it was being read" };

const stateOf = (kind: string | undefined, size: number | undefined): FileState | "sent" => {
  switch (kind) {
    case "absent":
      return { kind: "absent", folder: true };
    case "homeless":
      return { kind: "absent", folder: false };
    case "link":
      return { kind: "odd", what: "symbolic link" };
    case "folder":
      return { kind: "odd", what: "folder" };
    case "special":
      return { kind: "odd", what: "special file" };
    case "closed":
      return { kind: "unreadable", because: "no permission" };
    case "regular":
      return size !== undefined && size > largest ? { kind: "too_large", size } : "sent";
    default:
      return { kind: "unreadable", because: "the probe did not say" };
  }
};

const regular = (bytes: Uint8Array, modes: Modes, path: HostPath): FileState => {
  const mode = modeOfPath(modes, `.${path}`);
  if (mode?.type !== "-") return { kind: "unreadable", because: "its mode could not be read" };
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    kind: "regular",
    sha256,
    text: textOf(bytes),
    mode: mode.mode,
    uid: mode.uid,
    gid: mode.gid,
    links: mode.links,
  };
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Lines `WORD ./PATH`. */
const byPath = (text: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    (text ?? "").split("\n").flatMap((line): [string, string][] => {
      const [, word, path] = /^(\w+) \.(\/.*)$/.exec(line) ?? [];
      return word === undefined || path === undefined ? [] : [[path, word]];
    }),
  );
