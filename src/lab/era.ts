import type { Era, Machine } from "./kind.ts";

/** A conntrack key of the kernel: its short name, its value after loading, and may root write it? */
type Key = readonly [name: string, value: number, writable?: boolean];

const tcp: readonly Key[] = [
  ["tcp_timeout_syn_sent", 120],
  ["tcp_timeout_syn_recv", 60],
  ["tcp_timeout_established", 432000],
  ["tcp_timeout_fin_wait", 120],
  ["tcp_timeout_close_wait", 60],
  ["tcp_timeout_last_ack", 30],
  ["tcp_timeout_time_wait", 120],
  ["tcp_timeout_close", 10],
  ["tcp_timeout_max_retrans", 300],
  ["tcp_loose", 1],
  ["tcp_be_liberal", 0],
  ["tcp_max_retrans", 3],
];
const common: readonly Key[] = [
  ...tcp,
  ["generic_timeout", 600],
  ["udp_timeout", 30],
  ["icmp_timeout", 30],
  ["checksum", 1],
  ["log_invalid", 0],
];
const older: readonly Key[] = [
  ...common,
  ["tcp_timeout_unacknowledged", 300],
  ["icmpv6_timeout", 30],
  ["frag6_timeout", 60],
  ["acct", 0],
];

const later: readonly Key[] = [...older, ["events", 1]];

type EraFacts = {
  readonly family: "nf" | "ip";
  readonly keys: readonly Key[];
  /** Was the buckets sysctl writable? Since 4.8. */
  readonly bucketsWritable: boolean;
  /** Columns of /proc/net/stat. */
  readonly columns: readonly string[];
  /** Entries per bucket, and buckets above 4 GiB and above 1 GiB, when nobody gives a hash size. */
  readonly defaults: { readonly ratio: number; readonly above4g?: number; readonly above1g: number };
};

const columns = [
  "entries",
  "searched",
  "found",
  "new",
  "invalid",
  "ignore",
  "delete",
  "delete_list",
  "insert",
  "insert_failed",
  "drop",
  "early_drop",
  "icmp_error",
  "expect_new",
  "expect_create",
  "expect_delete",
];
const columnsWithRestart = [...columns, "search_restart"];
const columnsNow = columnsWithRestart.map((name) =>
  name === "searched" ? "clashres" : name === "delete_list" ? "chaintoolong" : name,
);

const recent = (events: number): EraFacts => ({
  family: "nf",
  keys: [
    ...older,
    ["events", events],
    ["udp_timeout_stream", 120],
    ["gre_timeout", 30],
    ["gre_timeout_stream", 180],
    ["tcp_ignore_invalid_rst", 0],
    ["timestamp", 0],
  ],
  bucketsWritable: true,
  columns: columnsNow,
  defaults: { ratio: 1, above4g: 262144, above1g: 65536 },
});

/** What is true of conntrack by kernel (DOMAIN, Sizes, Health and Timeouts). */
export const eras: Readonly<Record<Era, EraFacts>> = {
  "2.6.18": {
    family: "ip",
    keys: [...common, ["udp_timeout_stream", 180]],
    bucketsWritable: false,
    columns,
    defaults: { ratio: 8, above1g: 8192 },
  },
  "2.6.32": {
    family: "nf",
    keys: [...later, ["udp_timeout_stream", 180]],
    bucketsWritable: false,
    columns: columnsWithRestart,
    defaults: { ratio: 4, above1g: 16384 },
  },
  "3.10": {
    family: "nf",
    keys: [...later, ["udp_timeout_stream", 180], ["helper", 1], ["timestamp", 0]],
    bucketsWritable: false,
    columns: columnsWithRestart,
    defaults: { ratio: 4, above4g: 65536, above1g: 16384 },
  },
  "4.18": {
    family: "nf",
    keys: [...later, ["udp_timeout_stream", 180], ["helper", 0], ["timestamp", 0]],
    bucketsWritable: true,
    columns: columnsWithRestart,
    defaults: { ratio: 4, above4g: 65536, above1g: 16384 },
  },
  "5.10": {
    family: "nf",
    keys: [...later, ["udp_timeout_stream", 120], ["gre_timeout", 30], ["gre_timeout_stream", 180], ["timestamp", 0]],
    bucketsWritable: true,
    columns: columnsWithRestart,
    defaults: { ratio: 4, above4g: 65536, above1g: 16384 },
  },
  "5.15": recent(1),
  // Events are kept where somebody listens.
  "6.1": recent(2),
};

/** The hash size and the table size that the kernel takes for itself on a machine. */
export const defaultSizes = (era: Era, machine: Machine): { readonly buckets: number; readonly max: number } => {
  const { ratio, above4g, above1g } = eras[era].defaults;
  const small = (machine.memory * 2 ** 20) / 16384 / 8;
  const wanted = machine.memory > 4096 ? (above4g ?? above1g) : machine.memory > 1024 ? above1g : small;
  const step = bucketsPerPage(machine);
  const buckets = Math.ceil(wanted / step) * step;
  return { buckets, max: buckets * ratio };
};

/** Buckets fill whole pages, 8 bytes each (DOMAIN, Sizes). */
export const bucketsPerPage = ({ pageSize = 4 }: Machine): number => (pageSize * 1024) / 8;
