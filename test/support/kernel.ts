import { readFileSync, writeFileSync } from "node:fs";

const hashsize = "/sys/module/nf_conntrack/parameters/hashsize";
const keys = ["nf_conntrack_max", "nf_conntrack_generic_timeout", "nf_conntrack_tcp_timeout_established"];
const path = (key: string): string => `/proc/sys/net/netfilter/${key}`;
const number = (file: string): number => Number(readFileSync(file, "utf8"));

/** This machine's own conntrack values, which every sshd of the harness shares. */
export const kernelValues = () => ({
  hashsize: number(hashsize),
  max: number(path("nf_conntrack_max")),
  values: keys.map((key) => [key, number(path(key))] as const),
});

/** Puts them back as they were. */
export const restoreKernel = (before: ReturnType<typeof kernelValues>): void => {
  writeFileSync(hashsize, `${before.hashsize}\n`);
  for (const [key, value] of before.values) writeFileSync(path(key), `${value}\n`);
};
