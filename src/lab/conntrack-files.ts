import { defaultSizes, eras } from "./era.ts";
import type { Entry, Kind, Live } from "./kind.ts";

export type Files = Readonly<Record<string, Entry>>;

/** What appears in /proc and /sys when the module is loaded on this host and nobody gives it a hash size. */
export const conntrackDefaults = (kind: Kind): Files =>
  conntrackFiles(kind, { ...defaultSizes(kind.conntrack.era, kind.machine), count: 12, drops: 0 });

/** What stands in /proc and /sys while conntrack runs with these values. */
export const conntrackFiles = (kind: Kind, live: Live): Files => {
  const era = eras[kind.conntrack.era];
  const name = `${era.family}_conntrack`;
  const { ours } = kind.conntrack;
  const keys: Record<string, Entry> = {};
  const put = (key: string, value: number, writable: boolean) => {
    keys[`${keyFolders[era.family]}/${name}_${key}`] = { text: `${value}\n`, mode: writable ? 0o644 : 0o444 };
  };
  for (const [key, value, writable = true] of era.keys)
    put(key, live.timeouts?.[key] ?? value, writable && writableInside(kind, key));
  // A bucket of expectations for 256 of the table, and four to each (nf_conntrack_expect_init).
  if (era.family === "nf") put("expect_max", 4 * Math.max(1, Math.floor(live.buckets / 256)), ours);
  put("max", live.max, ours);
  put("count", live.count, false);
  put("buckets", live.buckets, ours && era.bucketsWritable);
  const second = secondName[era.family];
  return {
    ...keys,
    ...(ours ? { [second]: { text: `${live.max}\n`, mode: 0o644 } } : {}),
    [`/sys/module/${name}/parameters/hashsize`]: { text: `${live.buckets}\n`, mode: ours ? 0o600 : 0o400 },
    [`/proc/net/stat/${name}`]: { text: statistics(kind, live), mode: 0o444 },
    ...(kind.conntrack.kind === "module" ? { [`/sys/module/${name}/initstate`]: { text: "live\n", mode: 0o444 } } : {}),
    ...(ours ? { "/proc/slabinfo": { text: slabinfo(kind, live), mode: 0o400 } } : {}),
  };
};

const keyFolders = { nf: "/proc/sys/net/netfilter", ip: "/proc/sys/net/ipv4/netfilter" };
const secondName = { nf: "/proc/sys/net/nf_conntrack_max", ip: "/proc/sys/net/ipv4/ip_conntrack_max" };

/** Where /proc/sys is mounted read-only nothing may be written; elsewhere a guest's timeouts are its own. */
const writableInside = ({ conntrack }: Kind, key: string): boolean =>
  conntrack.ours || (key.includes("timeout") && conntrack.era !== "3.10");

/** A row for each CPU, in hex; `entries` repeats on each, the rest is shared out unevenly as on real hosts. */
const statistics = (kind: Kind, live: Live): string => {
  const { columns } = eras[kind.conntrack.era];
  const row = (cpu: number) =>
    columns.map((column) => {
      if (column === "entries") return live.count;
      if (column === "drop") return cpu === 0 ? live.drops : 0;
      if (column === "found") return 37 * (cpu + 1);
      return cpu === 0 ? (live.counters?.[column] ?? 0) : 0;
    });
  const rows = Array.from({ length: kind.machine.cpus }, (_, cpu) =>
    row(cpu)
      .map((value) => value.toString(16).padStart(8, "0"))
      .join(" "),
  );
  return [columns.join(" "), ...rows].map((line) => `${line} \n`).join("");
};

const slabinfo = (kind: Kind, live: Live): string => {
  const size = kind.conntrack.objectSize;
  const perSlab = Math.floor(8192 / size);
  const line = (name: string, objects: number, bytes: number) =>
    `${name.padEnd(18)} ${objects} ${objects} ${bytes} ${Math.floor(8192 / bytes)} 2 : tunables 0 0 0 : slabdata 1 1 0\n`;
  return [
    "slabinfo - version: 2.1\n",
    "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n",
    line(`${eras[kind.conntrack.era].family}_conntrack`, Math.ceil(live.count / perSlab) * perSlab, size),
    line("dentry", 42000, 192),
  ].join("");
};
