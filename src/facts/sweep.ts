type Look = { readonly path: string; readonly readable: boolean; readonly writable: boolean };

/** Lines `rw PATH`, with `-` for what this user may not do. */
export const parseLooks = (text: string | undefined): readonly Look[] =>
  (text ?? "").split("\n").flatMap((line) => {
    const [, may, mayWrite, path] = /^([r-])([w-]) (.+)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, readable: may === "r", writable: mayWrite === "w" }];
  });

/** Grep's `NAME:LINE` sorted under the names that it was given; `binary` where it met a NUL and printed nothing. */
export const linesByName = (
  text: string,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[] | "binary"> => {
  const lines = new Map<string, string[]>();
  const binary = new Map<string, "binary">();
  for (const line of text.split("\n")) {
    const odd = binaryName(line);
    if (odd !== undefined && names.has(odd)) binary.set(odd, "binary");
    const name = nameOf(line, names);
    if (name === undefined) continue;
    const known = lines.get(name) ?? [];
    known.push(line.slice(name.length + 1));
    lines.set(name, known);
  }
  return new Map<string, readonly string[] | "binary">([...lines, ...binary]);
};

/** The longest known name that ends at a colon of the line. */
const nameOf = (line: string, names: ReadonlySet<string>): string | undefined => {
  for (let at = line.lastIndexOf(":"); at > 0; at = line.lastIndexOf(":", at - 1)) {
    const name = line.slice(0, at);
    if (names.has(name)) return name;
  }
  return undefined;
};

const binaryName = (line: string): string | undefined => {
  const found = /^(?:grep: (.*): binary file matches|Binary file (.*) matches)$/.exec(line);
  return found?.[1] ?? found?.[2];
};
