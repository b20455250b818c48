import { globMatcher } from "../inventory/glob.ts";

/**
 * The text without the lines that match a pattern: a shell pattern over a whole line, the blanks around it left out.
 * Every other byte is kept. Comments are lines too: a pattern that does not begin with `#` or `*` leaves them.
 */
export const removeLines = (text: string, patterns: readonly string[]): string => {
  const matchers = patterns.map((pattern) => globMatcher(pattern.trim()));
  const lines = text.split(/(?<=\n)/);
  return lines.filter((line) => !matchers.some((matches) => matches(line.trim()))).join("");
};
