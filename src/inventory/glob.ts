/** A shell pattern over whole names: `*`, `?`, `[a-f]`, `[!0-9]`; an unclosed `[` is itself. Time: name times pattern at worst. */
export const globMatcher = (glob: string): ((name: string) => boolean) => {
  const parts = globParts(glob);
  return (name) => {
    let [at, part] = [0, 0];
    let retry: { at: number; part: number } | undefined;
    while (at < name.length) {
      const test = parts[part];
      if (test === "any") {
        retry = { at, part };
        part += 1;
      } else if (test?.(name.charAt(at)) === true) {
        at += 1;
        part += 1;
      } else if (retry === undefined) return false;
      else {
        // only the last star needs another try: an earlier one cannot do better
        retry = { at: retry.at + 1, part: retry.part };
        [at, part] = [retry.at, retry.part + 1];
      }
    }
    return parts.slice(part).every((test) => test === "any");
  };
};

type GlobPart = "any" | ((character: string) => boolean);

const globParts = (glob: string): readonly GlobPart[] =>
  [...glob.matchAll(/\*+|\?|\[!?\]?[^\]]*\]|[\s\S]/g)].map(([text]): GlobPart => {
    if (text.startsWith("*")) return "any";
    if (text === "?") return () => true;
    if (text.length > 1) return classOf(text.slice(1, -1));
    return (character) => character === text;
  });

const classOf = (body: string): ((character: string) => boolean) => {
  const negated = body.startsWith("!");
  const tests = [...body.slice(negated ? 1 : 0).matchAll(/([\s\S])-([\s\S])|[\s\S]/g)].map(
    ([one, from, to]) =>
      (character: string) =>
        from === undefined || to === undefined ? character === one : from <= character && character <= to,
  );
  return (character) => tests.some((test) => test(character)) !== negated;
};
