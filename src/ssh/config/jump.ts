import { parsePort } from "./numbers.ts";
import type { Hop } from "./settings.ts";

/** Hops in the order of travel, or none where `none` is written; undefined for what is no such list. */
export const parseJump = (text: string): readonly Hop[] | undefined => {
  const list = text
    .replace(/^[ \t\r\n=]+/, "")
    .replace(/#.*$/s, "")
    .trimEnd();
  // OpenSSH takes quotes along, and the shell that it starts for the jump takes them off
  const plain = /^"([^"]*)"$/.exec(list)?.[1] ?? list;
  if (plain.toLowerCase() === "none") return [];
  const hops = plain.split(",").map(parseHop);
  return hops.every((hop) => hop !== undefined) ? hops : undefined;
};

const parseHop = (text: string): Hop | undefined => {
  // OpenSSH drops what follows a blank, which nobody means
  if (/[\s"']/.test(text)) return undefined;
  const uri = /^ssh:\/\/(.*)$/s.exec(text)?.[1];
  return uri === undefined ? parsePlace(text, text.lastIndexOf("@")) : parseUri(uri);
};

/** `[user@]host[:port]`; the host may stand in brackets. */
const parsePlace = (text: string, at: number): Hop | undefined => {
  const user = at < 0 ? undefined : text.slice(0, at);
  const parts = /^(\[[^\]]*\]|[^:/[][^:/]*)(?::(.*))?$/s.exec(text.slice(at + 1));
  if (user === "" || parts?.[1] === undefined) return undefined;
  const host = parts[1].startsWith("[") ? parts[1].slice(1, -1) : parts[1];
  const port = parts[2] === undefined || parts[2] === "" ? undefined : parsePort(parts[2]);
  if (host === "" || (port === undefined && parts[2] !== undefined && parts[2] !== "")) return undefined;
  return { host, user, port };
};

/** `[user[;parameters]@]host[:port][/]` after `ssh://`; the user's name may have %XX. Names only, as OpenSSH has it. */
const parseUri = (text: string): Hop | undefined => {
  const place = parsePlace(text.replace(/\/$/, ""), text.indexOf("@"));
  if (place === undefined || !/^[a-z\d](?:[-\w]|\.(?!\.))*$/i.test(place.host)) return undefined;
  const user = place.user === undefined ? undefined : decode(place.user.replace(/;.*$/s, ""));
  if (place.user !== undefined && (user === undefined || user === "")) return undefined;
  return { ...place, host: place.host.replace(/\.$/, ""), user };
};

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};
