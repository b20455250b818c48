import type { Facts } from "../model/facts.ts";
import { firstRead, mapReading, unreadable } from "../model/reading.ts";
import { parseReading } from "./number.ts";
import type { Seen } from "./seen.ts";

/** A kernel without SELinux, or with it turned off, does not offer its file system. */
export const parseSelinux = (seen: Seen): Facts["selinux"] => {
  const enforce = firstRead(seen.text("sys/fs/selinux/enforce"), seen.text("selinux/enforce"));
  if (enforce.kind !== "absent")
    return parseReading(enforce, "selinux enforce", (text) =>
      text === "1" ? "enforcing" : text === "0" ? "permissive" : undefined,
    );
  const offered = seen.lines("proc/filesystems");
  if (offered.kind === "read" && offered.value.length > 0) return unreadable("selinuxfs is not mounted here");
  return mapReading(offered, () => "disabled");
};
