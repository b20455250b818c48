import { visible } from "../../source/visible.ts";
import { parseJump } from "./jump.ts";
import type { Setting } from "./statement.ts";

/**
 * Names of the inventory or the command line that OpenSSH refuses, since %-tokens may bring them before a shell. Names in
 * the account's own files are not looked at.
 */
export const unsafeNames = (host: string, first: ReadonlyMap<string, Setting>): readonly string[] => {
  const jump = first.get("proxyjump");
  const hops = jump === undefined ? [] : (parseJump(jump.text) ?? []);
  const users = [first.get("user")?.words[0], ...hops.map((hop) => hop.user)].filter((user) => user !== undefined);
  return [
    ...[host, ...hops.map((hop) => hop.host)].filter((name) => !isSafeHost(name)).map(refusalOf("host")),
    ...users.filter((user) => !isSafeUser(user)).map(refusalOf("user")),
  ];
};

const refusalOf =
  (kind: string) =>
  (name: string): string =>
    `"${visible(name)}" has characters that no name of a ${kind} may have`;

const isSafeHost = (name: string): boolean => !/^-|['`"$\\;&<>|(){},\s\p{Cc}]/u.test(name);

const isSafeUser = (name: string): boolean => !/^-|[\p{Cc}'`";&<>|(){}]|\s-|\\$/u.test(name);
