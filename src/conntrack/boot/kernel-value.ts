import { kernelAtLeast } from "../kernel.ts";

/** What the kernel makes of a text that is written to a sysctl. */
export type Written =
  | { readonly kind: "set"; readonly value: number }
  /** EINVAL: the older value stays. */
  | { readonly kind: "refused"; readonly because: string }
  /** Kernels differ. */
  | { readonly kind: "unsure"; readonly because: string };

const largestInt = 2 ** 31 - 1;
const refused = (because: string): Written => ({ kind: "refused", because });
const unsure = (because: string): Written => ({ kind: "unsure", because });

/**
 * A number as proc_dointvec reads it: blanks before it, a minus but no plus, hexadecimal with 0x and octal with 0; a blank
 * must follow, or nothing. What comes after the blank is not looked at. Seen on 6.18: `100 s` sets 100, `700s` is refused.
 */
export const kernelNumber = (text: string): number | undefined => {
  const found = /^[ \t\n\v\f\r]*(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)(?:[ \t\n]|$)/.exec(text);
  if (found?.[2] === undefined) return undefined;
  const digits = found[2];
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return found[1] === "-" && value !== 0 ? -value : value;
};

/** Keys that are switches, and keys of one byte (net/netfilter/nf_conntrack_standalone.c). */
const ranges: Readonly<Record<string, number>> = {
  acct: 1,
  checksum: 1,
  helper: 1,
  timestamp: 1,
  tcp_be_liberal: 1,
  tcp_loose: 1,
  tcp_ignore_invalid_rst: 1,
  events: 2,
  log_invalid: 255,
  tcp_max_retrans: 255,
};

/** `name` is the key without its prefix: `max`, `generic_timeout`. Each rule was seen on 6.18, where not said otherwise. */
export const written = (name: string, text: string, release: string | undefined): Written => {
  const value = kernelNumber(text);
  if (value === undefined) return refused(`\`${text}\` is not a number to the kernel`);
  if (Math.abs(value) > largestInt) return refused(`${text} is more than the kernel takes`);
  const most = ranges[name];
  if (most !== undefined) return switched(name, value, most, release);
  if (/timeout/.test(name)) return seconds(value);
  if (value < 0) return unsure(`${value} is below 0, which kernels read differently`);
  return { kind: "set", value };
};

/** From 5.13 on these keys have bounds; before, they were plain numbers. */
const switched = (name: string, value: number, most: number, release: string | undefined): Written => {
  if (value >= 0 && value <= (name === "events" ? 1 : most)) return { kind: "set", value };
  if (name === "events" && value === 2)
    return kernelAtLeast(release, 6, 0) ? { kind: "set", value } : unsure("2 is a value of newer kernels");
  return kernelAtLeast(release, 5, 13)
    ? refused(`${value} is not within 0 to ${most}`)
    : unsure(`${value} is odd here`);
};

/** Kept in ticks of the kernel's clock, of which there are 100 to 1000 a second: the product must fit an int. */
const seconds = (value: number): Written => {
  if (Math.abs(value) > largestInt / 100) return refused(`${value} seconds are more than the kernel can count`);
  if (Math.abs(value) > largestInt / 1000) return unsure(`whether ${value} seconds fit depends on the kernel's clock`);
  return { kind: "set", value };
};
