/** How a file writes a setting: `KEY="value"` as a shell reads it, or `key = value` as sysctl reads it. */
export type SettingsStyle = "shell" | "sysctl";

/** A file cut into its lines and settings; the raw texts put together are the file again, byte for byte. */
export type Piece =
  | { readonly kind: "other"; readonly raw: string }
  | {
      readonly kind: "setting";
      readonly raw: string;
      /** The name in the form in which two spellings of one setting are equal. */
      readonly key: string;
      /** What the reader takes as the value; undefined where only a shell could tell (`$X`, several lines, `A=1; B=2`). */
      readonly value: string | undefined;
      readonly quote: "" | '"' | "'";
      /** The line around the value, quotes left out: `before` ends after the equals sign, `after` begins the comment or line end. */
      readonly before: string;
      readonly after: string;
    };

/**
 * Sysctl's own rule: where the first separator is a slash, slashes part the names and dots belong to them
 * (`net/ipv4/conf/eth0.1/mtu`); otherwise the other way round. The result is the form with dots.
 */
export const canonicalKey = (key: string, style: SettingsStyle): string => {
  if (style === "shell") return key;
  const slash = /^[^./]*\//.test(key);
  return slash ? key.replace(/[./]/g, (mark) => (mark === "/" ? "." : "/")) : key;
};

export const piecesOf = (text: string, style: SettingsStyle): readonly Piece[] =>
  style === "shell" ? shellPieces(text) : linesOf(text).map(sysctlPiece);

/** Lines with their ends; the last may have none. */
export const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const other = (raw: string): Piece => ({ kind: "other", raw });

const sysctlPiece = (raw: string): Piece => {
  const found = /^([^\S\n]*-?[^\S\n]*)([^\s#;=-][^\s=]*)([^\S\n]*=[^\S\n]*)/.exec(raw);
  if (found === null) return other(raw);
  const [before, , key = ""] = found;
  const rest = raw.slice(before.length);
  const value = rest.trimEnd();
  const after = rest.slice(value.length);
  return { kind: "setting", raw, key: canonicalKey(key, "sysctl"), value, quote: "", before, after };
};

const assignment = /^([^\S\n]*(?:export[^\S\n]+)?([A-Za-z_]\w*)=)/;

/** A shell's quoted value may run over several lines: then they are one piece, and nothing inside it is a setting. */
const shellPieces = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  const lines = linesOf(text);
  for (let at = 0; at < lines.length; ) {
    const first = lines[at] ?? "";
    const count = /^\s*#/.test(first) ? 1 : linesOfWord(lines, at);
    pieces.push(shellPiece(lines.slice(at, at + count).join("")));
    at += count;
  }
  return pieces;
};

const shellPiece = (raw: string): Piece => {
  const found = assignment.exec(raw);
  if (found === null) return other(raw);
  const [, before = "", key = ""] = found;
  const rest = raw.slice(before.length);
  const [whole, double, single, plain] = word.exec(rest) ?? [""];
  const after = rest.slice(whole.length);
  const value = /^\s*$|^\s+#/.test(after) ? (double ?? single ?? plain) : undefined;
  const quote = double !== undefined ? '"' : single !== undefined ? "'" : "";
  return { kind: "setting", raw, key, value, quote, before, after };
};

/** A value without anything that a shell would work out: in double quotes, in single quotes, or bare. */
const word = /^(?:"([^"$`\\\n]*)"|'([^'\n]*)'|([\w@%+:,./-]*))/;

const longestValue = 100;

/** How many lines the text from here takes until its quotes are closed and no backslash joins the next line. */
const linesOfWord = (lines: readonly string[], from: number): number => {
  let quote = "";
  for (let at = from; at < Math.min(lines.length, from + longestValue); at += 1) {
    const end = endOfLine(lines[at] ?? "", quote);
    if (end.quote === "" && !end.joined) return at - from + 1;
    quote = end.quote;
  }
  // A quote that is not closed: take the line alone, so that the rest of the file is still seen.
  return 1;
};

const endOfLine = (line: string, open: string): { readonly quote: string; readonly joined: boolean } => {
  let quote = open;
  for (let at = 0; at < line.length; at += 1) {
    const mark = line.charAt(at);
    if (mark === "\\" && quote !== "'") {
      if (line.charAt(at + 1) === "\n") return { quote, joined: true };
      at += 1;
    } else if (quote !== "") {
      if (mark === quote) quote = "";
    } else if (mark === '"' || mark === "'") quote = mark;
    else if (mark === "#" && (at === 0 || /\s/.test(line.charAt(at - 1)))) break;
  }
  return { quote, joined: false };
};
