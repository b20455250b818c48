import type { Stats } from "node:fs";
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";

type About = Pick<Stats, "uid" | "gid" | "mode">;

/**
 * May a configuration file be believed? It must belong to this account or to root, and nobody else may write it. A group
 * may where its one member is the owner, as Debian's OpenSSH has it: there each account has such a group.
 */
export const isTrusted = async (about: About): Promise<boolean> => {
  if (about.uid !== 0 && about.uid !== userInfo().uid) return false;
  if ((about.mode & 0o002) !== 0) return false;
  return (about.mode & 0o020) === 0 || isPrivate(about, await accounts(), await groups());
};

const accounts = (): Promise<string> => readFile("/etc/passwd", "utf8").catch(() => "");
const groups = (): Promise<string> => readFile("/etc/group", "utf8").catch(() => "");

/** Is the owner the one member of the file's group? `passwd` and `group` are the texts of those files. */
export const isPrivate = ({ uid, gid }: Pick<About, "uid" | "gid">, passwd: string, group: string): boolean => {
  const people = rows(passwd);
  const listed =
    rows(group)
      .find((fields) => fields[2] === String(gid))?.[3]
      ?.split(",") ?? [];
  const members = people.filter(([name = "", , , primary]) => primary === String(gid) || listed.includes(name));
  return members.length === 1 && members[0]?.[2] === String(uid);
};

const rows = (text: string): readonly string[][] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : [line.split(":")]));
