import type { Facts } from "../model/facts.ts";
import { wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

/** Numeric ids of the owners that the play names, from the host's own files. */
export const parseIds = (
  seen: Seen,
  owners: { users: readonly string[]; groups: readonly string[] },
): Facts["ids"] => ({
  users: idsIn(seen, "etc/passwd", owners.users),
  groups: idsIn(seen, "etc/group", owners.groups),
});

/** Both files have the name first and its id third; the first line of a name counts. */
const idsIn = (seen: Seen, path: string, wanted: readonly string[]): ReadonlyMap<string, number> => {
  const lines = seen.lines(path);
  const ids = new Map<string, number>();
  for (const line of lines.kind === "read" ? lines.value : []) {
    const [name = "", , id] = line.split(":");
    const number = wholeNumber(id);
    if (wanted.includes(name) && !ids.has(name) && number !== undefined) ids.set(name, number);
  }
  return ids;
};
