import { absent, type Reading, read, unreadable } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** The kernel cuts a process's name at 15 characters. */
const cutNames: ReadonlyMap<string, string> = new Map([
  ["neutron-l3-agen", "neutron-l3-agent"],
  ["neutron-openvsw", "neutron-openvswitch-agent"],
  ["k3s-server", "k3s"],
  ["apt.systemd.dai", "apt.systemd.daily"],
  ["do-release-upgr", "do-release-upgrade"],
  ["transactional-u", "transactional-update"],
]);

/**
 * Programs that change packages. Not unattended-upgrade: cut to 15 characters its name is that of a service which waits
 * for a shutdown on every Ubuntu; when it works, apt.systemd.daily or dpkg runs beside it.
 */
const packagePrograms: ReadonlySet<string> = new Set([
  ..."apt apt-get aptitude aptd apt.systemd.daily do-release-upgrade dpkg".split(" "),
  ..."yum dnf dnf5 dnf-automatic microdnf rpm zypper transactional-update apk pacman".split(" "),
]);

/** Names of watched programs that run now, sorted, each once. */
export const runningPrograms = (seen: Seen, which: "rivals" | "packages"): Reading<readonly string[]> => {
  const text = seen.part("programs");
  if (text === undefined) return absent;
  const [word, ...lines] = text.split("\n");
  if (word !== "seen") return unreadable("/proc hides the processes of other users");
  const names = lines
    .map((line) => line.replace(/^Name:\t/, ""))
    .filter((name) => name !== "")
    .map((name) => cutNames.get(name) ?? name);
  return read([...new Set(names)].filter((name) => packagePrograms.has(name) === (which === "packages")).toSorted());
};
