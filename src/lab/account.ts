import { lchownSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Whom the hosts' programs run as. */
export type Account = { readonly uid: number; readonly gid: number; readonly drops: boolean };

const nobody = 65534;

/**
 * Whoever starts the fleet; root steps down to an ordinary user, so that a file that may not be written may not be
 * written, and so that nothing that a practice host runs can harm the machine.
 */
export const labAccount = (): Account => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return uid === 0 ? { uid: nobody, gid: nobody, drops: true } : { uid, gid, drops: false };
};

/** Gives a folder and all that is in it to the account. */
export const handOver = (folder: string, account: Account): void => {
  if (!account.drops) return;
  lchownSync(folder, account.uid, account.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) handOver(path, account);
    else lchownSync(path, account.uid, account.gid);
  }
};
