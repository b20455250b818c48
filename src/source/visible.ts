/** Text from an input as a message may show it: odd characters (control, bidirectional, any not ASCII) as escapes, cut at 80. */
export const visible = (text: string): string => {
  if (/^[\x20-\x7e]{0,80}$/.test(text)) return text;
  const escaped = Array.from(text.slice(0, 80), (one) => (/^[\x20-\x7e]$/.test(one) ? one : escape(one))).join("");
  return text.length > 80 ? `${escaped}...` : escaped;
};

/** A name for a message. Where a variable stands in place of a name, its value may be a password. */
export const withoutValue = (text: string): string => visible(text.replace(/=.*$/s, "=..."));

/** A whole line as a terminal may show it: letters of any script stay, control and bidirectional characters are escapes. */
export const visibleLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escape);

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  return `\\u{${code.toString(16)}}`;
};
