import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";

const redHat = /^(?:rhel|centos|ol|rocky|almalinux|scientific|eurolinux|cloudlinux|virtuozzo|redhat)$/;

const major = (facts: Facts): number | undefined => {
  const found = /^\d+/.exec(valueOf(facts.os.version) ?? "")?.[0];
  return found === undefined ? undefined : Number(found);
};

/** The major version of Enterprise Linux (`6` to `10`), also by the kernel's name; undefined for others. */
export const enterpriseLinux = (facts: Facts): number | undefined => {
  const byKernel = /\.el(\d+)/.exec(valueOf(facts.kernel.release) ?? "")?.[1];
  if (byKernel !== undefined) return Number(byKernel);
  return redHat.test(valueOf(facts.os.id) ?? "") ? major(facts) : undefined;
};

/**
 * Does this host's systemd read a leading `-` and globs in sysctl files? Since 243 and 245 (systemd #13191, commit
 * e0f424790d3d). Undefined where a distribution may have taken it into an older one.
 */
export const readsGlobs = (facts: Facts): boolean | undefined => {
  const el = enterpriseLinux(facts);
  if (el !== undefined) return el >= 9 ? true : el === 8 ? undefined : false;
  const version = Number.parseFloat(valueOf(facts.os.version) ?? "");
  const first: Readonly<Record<string, number>> = { debian: 11, ubuntu: 20.04, fedora: 32, amzn: 2022, sles: 15.4 };
  const from = first[valueOf(facts.os.id) ?? ""];
  return from === undefined || Number.isNaN(version) ? true : version >= from;
};
