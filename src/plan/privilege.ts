import type { Facts } from "../model/facts.ts";
import type { Host } from "../model/host.ts";
import { valueOf } from "../model/reading.ts";

/** Did somebody look who is not root? Below a `ctfleet_root` everything may be the user's own, but for a practice host. */
export const isUnprivileged = ({ connection }: Host, { uid }: Facts): boolean =>
  (connection.root === "" || connection.lab) && valueOf(uid) !== undefined && valueOf(uid) !== 0;
