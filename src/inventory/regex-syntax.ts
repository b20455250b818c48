/** A regular expression as a tree. `most` undefined: without end. */
export type Node =
  | { readonly kind: "character"; readonly test: (character: string) => boolean }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence" | "choice"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly least: number; readonly most: number | undefined };

export type ParsedRegex =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "fault"; readonly because: string };

type Test = (character: string) => boolean;
type Reader = { readonly text: string; at: number; depth: number };

/** Says why an expression is not taken; caught in `parseRegex` only. */
class Refused extends Error {}

/** Reads literals, `.`, classes, `\d \w \s`, groups, `|`, `* + ? {m,n}` and `^ $`: what names of hosts need. */
export const parseRegex = (text: string): ParsedRegex => {
  const reader: Reader = { text, at: 0, depth: 0 };
  try {
    const node = choice(reader);
    if (reader.at < text.length) throw new Refused("a ) has no ( before it");
    return { kind: "node", node };
  } catch (error) {
    if (error instanceof Refused) return { kind: "fault", because: error.message };
    throw error;
  }
};

const peek = (reader: Reader): string => reader.text.charAt(reader.at);
const take = (reader: Reader): string => reader.text.charAt(reader.at++);

/** Takes what matches here and gives it; undefined, and nothing taken, where nothing does. */
const takeMatch = (reader: Reader, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text) ?? undefined;
  if (found !== undefined) reader.at = pattern.lastIndex;
  return found;
};

const choice = (reader: Reader): Node => {
  const items = [sequence(reader)];
  while (peek(reader) === "|") {
    take(reader);
    items.push(sequence(reader));
  }
  return { kind: "choice", items };
};

const sequence = (reader: Reader): Node => {
  const items: Node[] = [];
  while (reader.at < reader.text.length && peek(reader) !== "|" && peek(reader) !== ")") items.push(repeated(reader));
  return { kind: "sequence", items };
};

const repeated = (reader: Reader): Node => {
  const item = atom(reader);
  const found = takeMatch(reader, /([*+?])|\{(\d{1,3})(,?)(\d{0,3})\}/y);
  if (found === undefined) return item;
  // a ? after a repetition makes it lazy, which changes no answer here
  takeMatch(reader, /\?/y);
  if (/[*+?{]/.test(peek(reader)) && peek(reader) !== "") throw new Refused("a repetition follows a repetition");
  const [, sign, least, comma, most] = found;
  if (sign !== undefined)
    return { kind: "repeat", item, least: sign === "+" ? 1 : 0, most: sign === "?" ? 1 : undefined };
  const from = Number(least);
  const to = comma === "" ? from : most === "" ? undefined : Number(most);
  if (to !== undefined && to < from) throw new Refused("a repetition {m,n} has m above n");
  return { kind: "repeat", item, least: from, most: to };
};

const atom = (reader: Reader): Node => {
  const character = take(reader);
  switch (character) {
    case "(":
      return group(reader);
    case "[":
      return { kind: "character", test: characterClass(reader) };
    case ".":
      return { kind: "character", test: () => true };
    case "^":
      return { kind: "start" };
    case "$":
      return { kind: "end" };
    case "\\":
      return { kind: "character", test: escaped(take(reader)) };
    case "*":
    case "+":
    case "?":
      throw new Refused(`a ${character} has nothing to repeat`);
    default:
      return { kind: "character", test: (one) => one === character };
  }
};

const group = (reader: Reader): Node => {
  if (peek(reader) === "?" && takeMatch(reader, /\?:/y) === undefined)
    throw new Refused("(?...) is not honoured, but for (?:...)");
  reader.depth += 1;
  if (reader.depth > 50) throw new Refused("its groups are nested too deep");
  const inside = choice(reader);
  if (take(reader) !== ")") throw new Refused("a ( is not closed");
  reader.depth -= 1;
  return inside;
};

const shorthand = new Map<string, Test>([
  ["d", (one) => /\d/.test(one)],
  ["D", (one) => /\D/.test(one)],
  ["w", (one) => /\w/.test(one)],
  ["W", (one) => /\W/.test(one)],
  ["s", (one) => /\s/.test(one)],
  ["S", (one) => /\S/.test(one)],
]);

const escaped = (character: string): Test => {
  const known = shorthand.get(character);
  if (known !== undefined) return known;
  if (character === "") throw new Refused("it ends in a backslash");
  if (/[A-Za-z0-9]/.test(character)) throw new Refused(`\\${character} is not honoured`);
  return (one) => one === character;
};

const characterClass = (reader: Reader): Test => {
  const negated = takeMatch(reader, /\^/y) !== undefined;
  const tests: Test[] = [];
  // a ] that comes first is itself
  while (peek(reader) !== "]" || tests.length === 0) {
    if (reader.at >= reader.text.length) throw new Refused("a [ is not closed");
    tests.push(classItem(reader));
  }
  take(reader);
  return (one) => tests.some((test) => test(one)) !== negated;
};

const classItem = (reader: Reader): Test => {
  const range = takeMatch(reader, /([^\\])-([^\]\\])/y);
  if (range !== undefined) {
    const [, from = "", to = ""] = range;
    if (from > to) throw new Refused(`the range ${from}-${to} goes backwards`);
    return (one) => from <= one && one <= to;
  }
  const character = take(reader);
  return character === "\\" ? escaped(take(reader)) : (one) => one === character;
};
