import { createHash, createHmac } from "node:crypto";
import { globMatcher } from "../inventory/glob.ts";

/** One line of a known_hosts file. Source for the format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export type KnownHost = {
  readonly file: string;
  readonly line: number;
  readonly revoked: boolean;
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
  // Certificates of hosts are not served here; a line about their authority is not a mistake.
  if (marker === "@cert-authority") return undefined;
  if (marker !== undefined && marker !== "@revoked") return `unknown marker ${marker}`;
  const [hosts, type, key] = words;
  if (hosts === undefined || type === undefined || key === undefined)
    return "expected host names, a key type and a key";
  const names = parseNames(hosts);
  if (names === undefined) return "the hashed host name is not |1|SALT|HASH";
  const blob = Buffer.from(key, "base64");
  if (keyType(blob) !== type) return `the key is not a whole key of type ${type}`;
  return { revoked: marker === "@revoked", names, type, blob: blob.toString("base64") };
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

/** The name under which OpenSSH keeps a host: bare on port 22, else `[address]:port`. */
export const knownName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

/** Does a line speak of this name (`knownName`)? */
export const speaksOf = (names: Names, name: string): boolean => {
  if (names.kind === "hashed") return createHmac("sha1", names.salt).update(name).digest().equals(names.hash);
  return names.wanted.some((one) => matches(one, name)) && !names.refused.some((one) => matches(one, name));
};

// A bracket is no class of characters here: it stands around the address of `[address]:port`.
const matches = (pattern: string, name: string): boolean => globMatcher(pattern.replaceAll("[", "[[]"))(name);
