import { append } from "../model/append.ts";
import { remember } from "../model/remember.ts";

type Look = { readonly path: string; readonly readable: boolean; readonly writable: boolean };

/** Lines `rw PATH`, with `-` for what this user may not do. */
export const parseLooks = remember((text): readonly Look[] =>
  text
    .split("\n")
    .filter((line) => /^[r-][w-] ./.test(line))
    .map((line) => ({ path: line.slice(3), readable: line.startsWith("r"), writable: line.startsWith("w", 1) })),
);

/** Grep's `NAME:LINE` sorted under the names that it was given; `binary` where it met a NUL and printed nothing. */
export const linesByName = (
  text: string,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[] | "binary"> => {
  const lines = new Map<string, string[]>();
  const binary = new Map<string, "binary">();
  // A colon in a name is rare, and without one the name ends at a line's first.
  const nameIn = [...names].some((name) => name.includes(":")) ? longestName(names) : firstName(names);
  for (const line of text.split("\n")) {
    const odd = binaryName(line);
    if (odd !== undefined && names.has(odd)) binary.set(odd, "binary");
    const name = nameIn(line);
    if (name !== undefined) append(lines, name, line.slice(name.length + 1));
  }
  return new Map<string, readonly string[] | "binary">([...lines, ...binary]);
};

type NameIn = (line: string) => string | undefined;

const firstName =
  (names: ReadonlySet<string>): NameIn =>
  (line) => {
    const name = line.slice(0, Math.max(0, line.indexOf(":")));
    return names.has(name) ? name : undefined;
  };

/** The longest known name that ends at a colon of the line. A line may be nothing but colons: no longer name is tried. */
const longestName = (names: ReadonlySet<string>): NameIn => {
  const most = Math.max(...[...names].map((name) => name.length));
  return (line) => {
    for (let at = line.lastIndexOf(":", most); at > 0; at = line.lastIndexOf(":", at - 1)) {
      const name = line.slice(0, at);
      if (names.has(name)) return name;
    }
    return undefined;
  };
};

const binaryName = (line: string): string | undefined => {
  if (!line.endsWith(" matches")) return undefined;
  const found = /^(?:grep: (.*): binary file matches|Binary file (.*) matches)$/.exec(line);
  return found?.[1] ?? found?.[2];
};
