declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A name from the inventory; minted by the inventory parser only. Safe in a terminal, in a file name and in a shell word. */
export type HostName = Brand<string, "HostName">;
/** One invocation, sortable by time: `20261122T165150Z-3f9a`. */
export type RunId = Brand<string, "RunId">;
/** The kernel's random id of one boot: 36 characters, lower-case hex and dashes. */
export type BootId = Brand<string, "BootId">;
/** An absolute, normalised path on a host, without `..`, control characters or a trailing slash. */
export type HostPath = Brand<string, "HostPath">;
/** A sysctl key with dots, as `net.netfilter.nf_conntrack_max`. */
export type SysctlKey = Brand<string, "SysctlKey">;

export type NonEmpty<T> = readonly [T, ...T[]];

/** Narrows a list to one that has a first element. */
export const isNonEmpty = <T>(list: readonly T[]): list is NonEmpty<T> => list.length > 0;
