import { absent, type Reading, read, unreadable } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** The kernel cuts a process's name at 15 characters. */
const cutNames = new Map([
  ["neutron-l3-agen", "neutron-l3-agent"],
  ["neutron-openvsw", "neutron-openvswitch-agent"],
  ["k3s-server", "k3s"],
]);

/** Programs that are known to write conntrack values, sorted. */
export const parseRivals = (seen: Seen): Reading<readonly string[]> => {
  const text = seen.part("rivals");
  if (text === undefined) return absent;
  const [word, ...names] = text.split("\n");
  if (word !== "seen") return unreadable("/proc hides the processes of other users");
  return read([...new Set(names.filter((name) => name !== "").map((name) => cutNames.get(name) ?? name))].toSorted());
};
