/** Text from an input as a message may show it: odd characters (control, bidirectional, any not ASCII) as escapes, cut at 80. */
export const visible = (text: string): string => {
  const escaped = Array.from(text.slice(0, 80), (one) => (/^[\x20-\x7e]$/.test(one) ? one : escape(one))).join("");
  return text.length > 80 ? `${escaped}...` : escaped;
};

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  return `\\u{${code.toString(16)}}`;
};
