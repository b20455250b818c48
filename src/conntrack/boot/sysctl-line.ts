import type { ConfigLine } from "../../model/facts.ts";

/** One assignment of a sysctl file; without a value it only keeps globs away from its key (sysctl.d(5)). */
export type Assignment = {
  readonly file: string;
  readonly line: number;
  /** Below /proc/sys, with slashes. */
  readonly path: string;
  readonly value: string | undefined;
  /** With a leading `-`, and with a blank after it. */
  readonly dash: boolean;
  readonly blank: boolean;
  /** The key as it is written. */
  readonly key: string;
};

const blanks = " \t\n\r\v\f";

/** Blanks at both ends. A pattern for those at the end would look at every run of blanks in between. */
const trim = (text: string): string => {
  let [start, end] = [0, text.length];
  while (start < end && blanks.includes(text.charAt(start))) start++;
  while (end > start && blanks.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
};

/**
 * One line as systemd and procps read it: comments are whole lines with `#` or `;`, nothing continues on the next line,
 * blanks (a carriage return is one) are cut at both ends, and the value is all that follows the first `=`.
 */
export const parseAssignment = ({ file, line, text }: ConfigLine): Assignment | undefined => {
  const own = trim(text);
  if (own === "" || own.startsWith("#") || own.startsWith(";")) return undefined;
  const dash = own.startsWith("-");
  const body = dash ? own.slice(1) : own;
  const equals = body.indexOf("=");
  if (equals < 0 && !dash) return undefined;
  const key = trim(equals < 0 ? body : body.slice(0, equals));
  const value = equals < 0 ? undefined : trim(body.slice(equals + 1));
  return { file, line, path: sysctlPath(key), value, dash, blank: dash && /^\s/.test(body), key };
};

/**
 * A key as a path below /proc/sys: where a slash comes first it stands as it is written; where a dot comes first, dots and
 * slashes change places (sysctl.d(5)). Slashes at its start and twice in a row count for nothing.
 */
export const sysctlPath = (key: string): string => {
  const dotted = /[./]/.exec(key)?.[0] === ".";
  const path = dotted ? key.replace(/[./]/g, (separator) => (separator === "." ? "/" : ".")) : key;
  return path.replace(/^\/+/, "").replace(/\/{2,}/g, "/");
};

/** The key with dots that a path stands for; undefined for one with a dot in a name, as no conntrack key has. */
export const dottedKey = (path: string): string | undefined =>
  path.includes(".") ? undefined : path.replaceAll("/", ".");
