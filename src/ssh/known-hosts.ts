import { createHash, createHmac, randomBytes } from "node:crypto";
import { patternMatcher } from "./config/pattern.ts";

/** One line of a known_hosts file. Source for the format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export type KnownHost = {
  readonly file: string;
  readonly line: number;
  readonly revoked: boolean;
  /** The key signs certificates of hosts (@cert-authority); it is no host's own. */
  readonly authority: boolean;
  readonly names: Names;
  /** As OpenSSH writes it: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`... */
  readonly type: string;
  /** The public key in wire form, base64. */
  readonly blob: string;
};

type Names =
  | { readonly kind: "hashed"; readonly salt: Uint8Array; readonly hash: Uint8Array }
  | { readonly kind: "patterns"; readonly wanted: readonly string[]; readonly refused: readonly string[] };

export type KnownHostsProblem = { readonly file: string; readonly line: number; readonly message: string };

export type ParsedKnownHosts = {
  readonly entries: readonly KnownHost[];
  readonly problems: readonly KnownHostsProblem[];
};

/** Reads a known_hosts file. A bad line is a problem with its number and spoils no other line. */
export const parseKnownHosts = (file: string, text: string): ParsedKnownHosts => {
  const entries: KnownHost[] = [];
  const problems: KnownHostsProblem[] = [];
  for (const [at, content] of text.split("\n").entries()) {
    const parsed = parseLine(content.trim());
    if (typeof parsed === "string") problems.push({ file, line: at + 1, message: parsed });
    else if (parsed) entries.push({ ...parsed, file, line: at + 1 });
  }
  return { entries, problems };
};

/** An entry, what is wrong with the line, or undefined where it says nothing to us. */
const parseLine = (line: string): Omit<KnownHost, "file" | "line"> | string | undefined => {
  if (line === "" || line.startsWith("#")) return undefined;
  const words = line.split(/[ \t]+/);
  const marker = line.startsWith("@") ? words.shift() : undefined;
  const [revoked, authority] = [marker === "@revoked", marker === "@cert-authority"];
  if (marker !== undefined && !revoked && !authority) return `unknown marker ${marker}`;
  const [hosts, type, key] = words;
  if (hosts === undefined || type === undefined || key === undefined)
    return "expected host names, a key type and a key";
  const names = parseNames(hosts);
  if (names === undefined) return "the hashed host name is not |1|SALT|HASH";
  const blob = Buffer.from(key, "base64");
  if (keyType(blob) !== type) return `the key is not a whole key of type ${type}`;
  return { revoked, authority, names, type, blob: blob.toString("base64") };
};

const parseNames = (field: string): Names | undefined => {
  if (field.startsWith("|")) {
    const [, version, salt = "", hash = ""] = field.split("|");
    const parts = { salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
    return version === "1" && parts.salt.length === 20 && parts.hash.length === 20
      ? { kind: "hashed", ...parts }
      : undefined;
  }
  const patterns = field.toLowerCase().split(",");
  return {
    kind: "patterns",
    wanted: patterns.filter((pattern) => !pattern.startsWith("!")),
    refused: patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1)),
  };
};

/** The key type that a public key in wire form begins with; undefined where it is not one. */
export const keyType = (blob: Uint8Array): string | undefined => {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  return length > 0 && length < 64 && bytes.length > 4 + length ? bytes.toString("latin1", 4, 4 + length) : undefined;
};

/** `SHA256:...`, as ssh-keygen -l prints it. */
export const fingerprint = (blob: Uint8Array): string =>
  `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;

/** How known_hosts is asked about a host: under its alias (HostKeyAlias), else under its address and port. */
export type KnownAs = {
  readonly address: string;
  readonly port: number;
  readonly hostKeyAlias?: string | undefined;
};

export type NewHostKey = KnownAs & { readonly key: Uint8Array };

/** `address` on port 22, else `[address]:port`. */
export const knownName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

/** The name under which OpenSSH keeps a host; an alias has no port. */
export const nameOf = ({ address, port, hostKeyAlias }: KnownAs): string =>
  hostKeyAlias?.toLowerCase() ?? knownName(address, port);

/** `|1|SALT|HASH`, which tells a name only to those who know it. */
export const hashedName = (name: string, salt: Uint8Array = randomBytes(20)): string =>
  `|1|${Buffer.from(salt).toString("base64")}|${hashOf(name, salt).toString("base64")}`;

const hashOf = (name: string, salt: Uint8Array): Buffer => createHmac("sha1", salt).update(name).digest();

/** Does a line speak of this name (`nameOf`)? */
export const speaksOf = (names: Names, name: string): boolean => {
  if (names.kind === "hashed") return hashOf(name, names.salt).equals(names.hash);
  return names.wanted.some((one) => matches(one, name)) && !names.refused.some((one) => matches(one, name));
};

const matches = (pattern: string, name: string): boolean => patternMatcher(pattern)(name);
