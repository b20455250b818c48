import { type KnownHost, knownName, speaksOf } from "./known-hosts.ts";

/** What the known_hosts lines say about one host. */
export type HostEntries = {
  readonly named: readonly KnownHost[];
  /** Lines for the bare address of a host on another port than 22: OpenSSH takes a key from there, never an alarm. */
  readonly bare: readonly KnownHost[];
};

export type HostKeyVerdict =
  | { readonly kind: "known" | "changed" | "revoked"; readonly entry: KnownHost }
  | { readonly kind: "unknown" };

/** Finds lines by host without trying every plain line of a large file. */
export type KnownHostsIndex = {
  readonly find: (address: string, port: number) => HostEntries;
  readonly add: (entry: KnownHost) => void;
};

export const indexKnownHosts = (entries: readonly KnownHost[]): KnownHostsIndex => {
  const plain = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  // A hashed line costs a digest each time it is asked, and a connection asks twice.
  const found = new Map<string, HostEntries>();
  const add = (entry: KnownHost): void => {
    found.clear();
    const names = plainNames(entry);
    if (names === undefined) others.push(entry);
    else for (const name of names) plain.set(name, [...(plain.get(name) ?? []), entry]);
  };
  entries.forEach(add);
  const under = (name: string): readonly KnownHost[] => [
    ...(plain.get(name) ?? []),
    ...others.filter(({ names }) => speaksOf(names, name)),
  ];
  const find = (address: string, port: number): HostEntries => {
    const name = knownName(address, port);
    const entries = found.get(name) ?? { named: under(name), bare: port === 22 ? [] : under(knownName(address, 22)) };
    found.set(name, entries);
    return entries;
  };
  return { find, add };
};

const plainNames = ({ names }: KnownHost): ReadonlySet<string> | undefined =>
  names.kind === "patterns" && names.refused.length === 0 && !names.wanted.some((name) => /[*?]/.test(name))
    ? new Set(names.wanted)
    : undefined;

/** Judges a host's key (wire form) as OpenSSH does: a host known only by keys of other types has changed, too. */
export const judgeHostKey = ({ named, bare }: HostEntries, key: Uint8Array): HostKeyVerdict => {
  const blob = Buffer.from(key).toString("base64");
  const same = [...named, ...bare].filter((entry) => entry.blob === blob);
  const revoked = same.find((entry) => entry.revoked);
  if (revoked) return { kind: "revoked", entry: revoked };
  const others = named.filter((entry) => !entry.revoked);
  const [other] = others;
  const known = same.find((entry) => other === undefined || others.includes(entry));
  if (known) return { kind: "known", entry: known };
  return other ? { kind: "changed", entry: other } : { kind: "unknown" };
};

/**
 * Host key algorithms in the order to offer: those of known keys first, so that a host which has several keys shows one
 * that we can judge. Nothing is added to or taken from `offered`.
 */
export const orderAlgorithms = <T extends string>({ named, bare }: HostEntries, offered: readonly T[]): T[] => {
  const known = named.some((entry) => !entry.revoked) ? named : bare;
  const types = new Set(known.filter((entry) => !entry.revoked).map((entry) => entry.type));
  const isKnown = (algorithm: T): boolean => types.has(algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm);
  return [...offered.filter(isKnown), ...offered.filter((algorithm) => !isKnown(algorithm))];
};
