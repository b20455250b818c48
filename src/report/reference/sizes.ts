import { code, page, table } from "./markdown.ts";

/** What a rule gives on one host: entries, buckets and bytes of kernel memory at a full table; or that it is refused. */
export type SizeExample =
  | { readonly kind: "sized"; readonly max: number; readonly buckets: number; readonly bytes: number }
  | { readonly kind: "refused" };

/** A host by its memory in GiB and its CPUs, and what each rule gives there. */
export type SizedHost = {
  readonly gibibytes: number;
  readonly cpus: number;
  readonly rules: ReadonlyMap<string, SizeExample>;
};

/** docs/reference/sizes.md: each rule with its defaults on hosts of several sizes, as the caller had them worked out. */
export const sizesPage = (hosts: readonly SizedHost[]): string =>
  page("Sizes by example", [
    "What each rule gives with its defaults on a 64-bit host with a 6.1 kernel, 4 KiB pages, 256 bytes for an entry and no NAT: entries / buckets, and the kernel memory of a full table. Formulas: [playbooks.md](../playbooks.md#how-large).",
    table(
      ["memory", "CPUs", ...[...(hosts[0]?.rules.keys() ?? [])].map(code)],
      hosts.map(({ gibibytes, cpus, rules }) => [sizeOf(gibibytes), String(cpus), ...[...rules.values()].map(cellOf)]),
    ),
  ]);

const cellOf = (example: SizeExample): string =>
  example.kind === "refused"
    ? "refused by the guard"
    : `${example.max} / ${example.buckets}, ${Math.round(example.bytes / 2 ** 20)} MiB`;

const sizeOf = (gibibytes: number): string => (gibibytes < 1 ? `${gibibytes * 1024} MiB` : `${gibibytes} GiB`);
