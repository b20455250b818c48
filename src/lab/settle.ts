import type { Stats } from "node:fs";
import { chmod, chown, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bucketsPerPage } from "./era.ts";
import type { Machine } from "./kind.ts";

/** Files of /proc and /sys that are one variable of the kernel. A write to one shows in all. */
const variables: readonly (readonly string[])[] = [
  ["proc/sys/net/netfilter/nf_conntrack_max", "proc/sys/net/nf_conntrack_max"],
  ["proc/sys/net/ipv4/netfilter/ip_conntrack_max", "proc/sys/net/ipv4/ip_conntrack_max"],
  ["sys/module/nf_conntrack/parameters/hashsize", "proc/sys/net/netfilter/nf_conntrack_buckets"],
  ["sys/module/ip_conntrack/parameters/hashsize", "proc/sys/net/ipv4/netfilter/ip_conntrack_buckets"],
];

/**
 * Does to a host's files what the kernel would have done while they were written: what was written last shows under
 * every name, and a hash size is rounded up to whole pages.
 */
export const settle = async (root: string, machine: Machine): Promise<void> => {
  const step = bucketsPerPage(machine);
  for (const names of variables)
    await settleVariable(
      names.map((name) => join(root, name)),
      step,
    );
};

type Seen = { readonly path: string; readonly text: string; readonly stats: Stats };

/** `page`: buckets that fill one. */
const settleVariable = async (paths: readonly string[], page: number): Promise<void> => {
  const seen = (await Promise.all(paths.map(look))).filter((one) => one !== undefined);
  const latest = [...seen].sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)[0];
  if (latest === undefined || !/^\d+\n?$/.test(latest.text)) return;
  const isHashSize = paths[0]?.endsWith("hashsize") === true;
  const step = isHashSize ? page : 1;
  const text = `${Math.ceil(Number(latest.text) / step) * step}\n`;
  for (const file of seen) if (file.text !== text) await replace(file, text);
};

const look = async (path: string): Promise<Seen | undefined> => {
  try {
    const [text, stats] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { path, text, stats };
  } catch {
    // Not every host has every name, and the module may go at any moment.
    return undefined;
  }
};

/** Also over a file that nobody may write. */
const replace = async ({ path, stats }: Seen, text: string): Promise<void> => {
  const beside = `${path}.settling`;
  await writeFile(beside, text);
  await chown(beside, stats.uid, stats.gid);
  await chmod(beside, stats.mode & 0o777);
  await rename(beside, path);
};
