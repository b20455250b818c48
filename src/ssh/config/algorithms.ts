import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import { type Chosen, placeOf } from "./choose.ts";
import { patternMatcher } from "./pattern.ts";
import type { Algorithms } from "./settings.ts";
import type { Setting } from "./statement.ts";

/** Algorithms that both OpenSSH and our own transport have. */
type Family<T> = {
  /** OpenSSH's defaults, the preferred first. Source: ssh_config(5) of OpenSSH 9.2. */
  readonly usual: readonly T[];
  /** Those that one must ask for, too, in the order of `ssh -Q`, in which a pattern names them. */
  readonly all: readonly T[];
};

const kex: Family<KexAlgorithm> = {
  usual: [
    ...(["curve25519-sha256", "curve25519-sha256@libssh.org"] as const),
    ...(["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"] as const),
    ...(["diffie-hellman-group-exchange-sha256", "diffie-hellman-group16-sha512"] as const),
    ...(["diffie-hellman-group18-sha512", "diffie-hellman-group14-sha256"] as const),
  ],
  all: [
    ...(["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256"] as const),
    ...(["diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512"] as const),
    ...(["diffie-hellman-group-exchange-sha1", "diffie-hellman-group-exchange-sha256"] as const),
    ...(["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"] as const),
    ...(["curve25519-sha256", "curve25519-sha256@libssh.org"] as const),
  ],
};

const ciphers: Family<CipherAlgorithm> = {
  usual: [
    ...(["chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"] as const),
    ...(["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"] as const),
  ],
  all: [
    ...(["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-ctr", "aes192-ctr", "aes256-ctr"] as const),
    ...(["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"] as const),
  ],
};

const macs: Family<MacAlgorithm> = {
  usual: [
    ...(["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha1-etm@openssh.com"] as const),
    ...(["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"] as const),
  ],
  all: [
    ...(["hmac-sha1", "hmac-sha1-96", "hmac-sha2-256", "hmac-sha2-512", "hmac-md5", "hmac-md5-96"] as const),
    ...(["hmac-sha1-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"] as const),
  ],
};

/** Of plain keys: our own transport has neither certificates nor security keys. */
const signatures: Family<ServerHostKeyAlgorithm> = {
  usual: [
    ...(["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const),
    ...(["rsa-sha2-512", "rsa-sha2-256"] as const),
  ],
  all: [
    ...(["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const),
    ...(["ssh-dss", "ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"] as const),
  ],
};

/** Which algorithms may be used; what our own transport cannot keep to is a reason for the program. */
export const algorithmsOf = ({ first }: Chosen, needsOpenssh: string[]): Algorithms => {
  const list = <T extends string>(
    keyword: string,
    family: Family<T>,
    isEnough = isNotEmpty,
  ): readonly T[] | undefined => {
    const setting = first.get(keyword);
    if (setting === undefined) return undefined;
    const names = namesOf(setting, family);
    if (!isEnough(names)) needsOpenssh.push(`${setting.written} ${placeOf(setting.at)}`);
    return names;
  };
  const rsaBits = first.get("requiredrsasize")?.words[0];
  return {
    kex: list("kexalgorithms", kex),
    ciphers: list("ciphers", ciphers),
    macs: list("macs", macs),
    hostKeys: list("hostkeyalgorithms", signatures),
    pubkey: list("pubkeyacceptedalgorithms", signatures, isSignable),
    rsaBits: rsaBits === undefined ? undefined : Number(rsaBits),
  };
};

const isNotEmpty = (names: readonly string[]): boolean => names.length > 0;

/** With RSA keys our own transport signs by SHA-256 wherever the host takes it: another hash alone is beyond it. */
const isSignable = (names: readonly string[]): boolean =>
  isNotEmpty(names) &&
  (names.includes("rsa-sha2-256") || !names.some((name) => name === "rsa-sha2-512" || name === "ssh-rsa"));

/** Hosts share their settings: each list is worked out once. */
const workedOut = new WeakMap<Setting, readonly string[]>();

const namesOf = <T extends string>(setting: Setting, family: Family<T>): readonly T[] => {
  const before = workedOut.get(setting) as readonly T[] | undefined;
  if (before !== undefined) return before;
  const names = choose(setting.words[0] ?? "", family);
  workedOut.set(setting, names);
  return names;
};

/** `+` adds to the defaults, `^` puts before them, `-` takes from them; without a sign the list stands as it is. */
const choose = <T extends string>(text: string, { usual, all }: Family<T>): readonly T[] => {
  const [, sign = "", list = ""] = /^([+^-]?)(.*)$/s.exec(text) ?? [];
  const patterns = list.split(",").map(patternMatcher);
  if (sign === "-") return usual.filter((name) => !patterns.some((matches) => matches(name)));
  const named = patterns.flatMap((matches) => all.filter(matches));
  const whole = { "": named, "+": [...usual, ...named], "^": [...named, ...usual] }[sign];
  return [...new Set(whole)];
};
