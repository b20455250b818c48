/** One place of a pattern: any run of characters, or one character that is among these. */
type Token = "run" | ((character: string) => boolean);

export const isGlob = (path: string): boolean => /[*?[]/.test(path);

/**
 * glob(7): `*` and `?` stop at a slash, `[...]` and `[!...]` are sets. Not by a regular expression made from it: the pattern
 * is the host's own text, and could be one that never ends.
 */
export const globMatcher = (pattern: string): ((path: string) => boolean) => {
  const names = pattern.split("/").map(tokensOf);
  return (path) => {
    const parts = path.split("/");
    return parts.length === names.length && names.every((tokens, at) => isMatch(tokens, parts[at] ?? ""));
  };
};

/** After the last closing bracket no set begins: nothing looks there for its end. */
const partsOf = (name: string): readonly string[] => {
  const end = name.lastIndexOf("]") + 1;
  return [...(name.slice(0, end).match(/\[!?\]?[^\]]*\]|[^]/g) ?? []), ...name.slice(end).split("")];
};

const tokensOf = (name: string): readonly Token[] =>
  partsOf(name).map((part): Token => {
    if (part === "*") return "run";
    if (part === "?") return () => true;
    return part.length > 1 ? inSet(part.slice(1, -1)) : (character) => character === part;
  });

/** `a-z0-9_`, with `!` first for all others. */
const inSet = (text: string): ((character: string) => boolean) => {
  const isNegated = text.startsWith("!");
  const ranges = (isNegated ? text.slice(1) : text).match(/[^]-[^]|[^]/g) ?? [];
  return (character) =>
    ranges.some((range) => character >= range.charAt(0) && character <= range.slice(-1)) !== isNegated;
};

/** Where a run turns out too short it takes one more character; an earlier run never has to, so there is no explosion. */
const isMatch = (tokens: readonly Token[], name: string): boolean => {
  let [at, token] = [0, 0];
  let retry: { readonly at: number; readonly token: number } | undefined;
  while (at < name.length) {
    const now = tokens[token];
    if (now === "run") retry = { at, token: ++token };
    else if (now?.(name.charAt(at)) === true) {
      at++;
      token++;
    } else if (retry === undefined) return false;
    else {
      retry = { at: retry.at + 1, token: retry.token };
      ({ at, token } = retry);
    }
  }
  return tokens.slice(token).every((left) => left === "run");
};
