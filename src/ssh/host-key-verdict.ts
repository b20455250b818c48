import { append } from "../model/append.ts";
import { type KnownAs, type KnownHost, knownName, nameOf, speaksOf } from "./known-hosts.ts";

/** What the known_hosts lines say about one host. */
export type HostEntries = {
  readonly named: readonly KnownHost[];
  /** Lines for the bare address of a host on another port than 22: OpenSSH takes a key from there, never an alarm. */
  readonly bare: readonly KnownHost[];
  /** Lines of authorities that sign the host's certificates. */
  readonly authorities: readonly KnownHost[];
};

export type HostKeyVerdict =
  /** `authority`: no line has a key of the host, and one says who certifies it. */
  | { readonly kind: "known" | "changed" | "revoked" | "authority"; readonly entry: KnownHost }
  | { readonly kind: "unknown" };

/** Finds lines by host without trying every plain line of a large file. */
export type KnownHostsIndex = {
  readonly find: (host: KnownAs) => HostEntries;
  /** The lines that hold this key (wire form), whomever they name. */
  readonly withKey: (key: Uint8Array) => readonly KnownHost[];
  readonly add: (entry: KnownHost) => void;
};

export const indexKnownHosts = (entries: readonly KnownHost[]): KnownHostsIndex => {
  const plain = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  const all: KnownHost[] = [];
  // A hashed line costs a digest each time it is asked, and a connection asks twice.
  const found = new Map<string, HostEntries>();
  const add = (entry: KnownHost): void => {
    found.clear();
    all.push(entry);
    const names = plainNames(entry);
    if (names === undefined) others.push(entry);
    else for (const name of names) append(plain, name, entry);
  };
  entries.forEach(add);
  const under = (name: string): readonly KnownHost[] => [
    ...(plain.get(name) ?? []),
    ...others.filter(({ names }) => speaksOf(names, name)),
  ];
  const find = (host: KnownAs): HostEntries => {
    const name = nameOf(host);
    const entries = found.get(name) ?? split(under(name), bareNames(host).flatMap(under));
    found.set(name, entries);
    return entries;
  };
  const withKey = (key: Uint8Array): readonly KnownHost[] => {
    const blob = Buffer.from(key).toString("base64");
    return all.filter((entry) => entry.blob === blob);
  };
  return { find, withKey, add };
};

const bareNames = ({ address, port, hostKeyAlias }: KnownAs): readonly string[] =>
  port === 22 || hostKeyAlias !== undefined ? [] : [knownName(address, 22)];

const split = (named: readonly KnownHost[], bare: readonly KnownHost[]): HostEntries => ({
  named: named.filter(({ authority }) => !authority),
  bare: bare.filter(({ authority }) => !authority),
  authorities: [...named, ...bare].filter(({ authority }) => authority),
});

const plainNames = ({ names }: KnownHost): ReadonlySet<string> | undefined =>
  names.kind === "patterns" && names.refused.length === 0 && !names.wanted.some((name) => /[*?]/.test(name))
    ? new Set(names.wanted)
    : undefined;

/** Judges a host's key (wire form) as OpenSSH does: a host known only by keys of other types has changed, too. */
export const judgeHostKey = ({ named, bare, authorities }: HostEntries, key: Uint8Array): HostKeyVerdict => {
  const blob = Buffer.from(key).toString("base64");
  const same = [...named, ...bare].filter((entry) => entry.blob === blob);
  const revoked = same.find((entry) => entry.revoked);
  if (revoked) return { kind: "revoked", entry: revoked };
  const others = named.filter((entry) => !entry.revoked);
  const [other] = others;
  const known = same.find((entry) => other === undefined || others.includes(entry));
  if (known) return { kind: "known", entry: known };
  if (other) return { kind: "changed", entry: other };
  const [authority] = authorities;
  return authority ? { kind: "authority", entry: authority } : { kind: "unknown" };
};

/**
 * Is a host known only by who certifies it? Such a host can be verified by its certificate alone, which takes the OpenSSH
 * program: our own transport knows plain keys.
 */
export const needsCertificates = ({ named, bare, authorities }: HostEntries): boolean =>
  authorities.length > 0 && ![...named, ...bare].some(({ revoked }) => !revoked);

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
