import type { ParsedKey } from "ssh2";
import type { Algorithms } from "./config/settings.ts";
import type { Identity } from "./identity.ts";
import { rsaBits } from "./rsa-bits.ts";

/** What PubkeyAcceptedAlgorithms and RequiredRSASize say of our own keys. */
export type KeyRules = Pick<Algorithms, "pubkey" | "rsaBits">;

export const unrestricted: KeyRules = { pubkey: undefined, rsaBits: undefined };

const rsaSignatures = { sha1: "ssh-rsa", sha256: "rsa-sha2-256", sha512: "rsa-sha2-512" } as const;
export type RsaHash = keyof typeof rsaSignatures;

/** Why a key may not be offered; undefined: it may. */
export const refusalOf = (key: ParsedKey, rules: KeyRules): string | undefined => {
  if (!algorithmsFor(key).some((name) => allows(rules, name))) return "PubkeyAcceptedAlgorithms leaves its type out";
  const bits = rules.rsaBits === undefined ? undefined : rsaBits(key.getPublicSSH());
  return bits === undefined || bits >= (rules.rsaBits ?? 0)
    ? undefined
    : `it has ${bits} bits, and RequiredRSASize wants ${rules.rsaBits}`;
};

/** May an RSA key sign with this hash? The library takes the one that the host knows. */
export const maySign = (hash: RsaHash, rules: KeyRules): boolean => allows(rules, rsaSignatures[hash]);

const algorithmsFor = ({ type }: ParsedKey): readonly string[] =>
  type === "ssh-rsa" ? Object.values(rsaSignatures) : [type];

const allows = ({ pubkey }: KeyRules, name: string): boolean =>
  pubkey === undefined || (pubkey as readonly string[]).includes(name);

/** A login without the keys that may not be offered: they are told as unusable, with the reason. */
export const permitted = (identity: Identity, rules: KeyRules): Identity => {
  if (rules.pubkey === undefined && rules.rsaBits === undefined) return identity;
  const refused = identity.keys.flatMap(({ file, key, optional }) => {
    const because = refusalOf(key, rules);
    return because === undefined || optional ? [] : [`${file}: ${because}`];
  });
  return {
    ...identity,
    keys: identity.keys
      .filter(({ key }) => refusalOf(key, rules) === undefined)
      .map((one) => ({ ...one, key: guarded(one.key, rules) })),
    named: identity.named.filter(({ key }) => refusalOf(key, rules) === undefined),
    unusable: [...identity.unusable, ...refused],
  };
};

/** The same key, which signs by allowed algorithms only: where a host knows no better, the library would sign with SHA-1. */
const guarded = (key: ParsedKey, rules: KeyRules): ParsedKey => {
  if (key.type !== "ssh-rsa" || maySign("sha1", rules)) return key;
  const sign = (data: Buffer | string, hash = "sha1"): Buffer | Error =>
    maySign(hash as RsaHash, rules) ? key.sign(data, hash) : new Error(`${hash} is not allowed`);
  return Object.create(key, { sign: { value: sign } }) as ParsedKey;
};
