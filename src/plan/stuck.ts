import type { Facts } from "../model/facts.ts";
import type { Host } from "../model/host.ts";
import type { LiveAction } from "./live.ts";
import { isUnprivileged } from "./privilege.ts";

/** What a live action changes: a full key, or `hashsize`. */
export const subjectOf = (action: LiveAction): string => (action.kind === "set" ? action.key : "hashsize");

/** `hashsize 65536, wanted 300032`. */
export const differenceText = (action: LiveAction): string =>
  `${subjectOf(action)} ${action.from}, wanted ${action.to}`;

/**
 * Can this host not set the value while it runs, whoever asks? A module without the parameter, a key that root may not
 * write. Somebody who is not root cannot tell.
 */
export const isStuck = (action: LiveAction, host: Host, facts: Facts): boolean => {
  if (isUnprivileged(host, facts)) return false;
  const { hashsizeWritable, readOnlyKeys } = facts.conntrack;
  if (action.kind === "set") return readOnlyKeys.includes(action.key);
  return hashsizeWritable.kind === "absent" || (hashsizeWritable.kind === "read" && !hashsizeWritable.value);
};
