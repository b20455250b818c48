import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import type { Opened, Secret } from "../model/host.ts";
import { parseVaultText, type VaultText } from "./vault-text.ts";

/** Opens what ansible-vault encrypted. A fault says what is wrong and what to do; it never holds a secret. */
export type Vault = { readonly decrypt: (text: string) => Opened };

/** A password and the id that it goes by (`default` where none was given). */
export type VaultSecret = { readonly id: string; readonly secret: Secret };

const noPassword =
  "it is encrypted with ansible-vault, and no password was given: use --vault-password-file FILE, --vault-id or --ask-vault-pass";

/**
 * A vault with these passwords. Like Ansible it tries those of the text's own id first, then all others. Keys are derived
 * once for each password and salt: that takes some milliseconds each.
 */
export const vaultOf = (secrets: readonly VaultSecret[]): Vault => {
  const keys = new Map<string, Keys>();
  const keysFor = (one: VaultSecret, salt: Buffer): Keys => {
    const name = `${secrets.indexOf(one)} ${salt.toString("hex")}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const fresh = deriveKeys(one.secret, salt);
    if (keys.size >= mostKeys) keys.clear();
    keys.set(name, fresh);
    return fresh;
  };
  return {
    decrypt: (text) => {
      if (secrets.length === 0) return fault(noPassword);
      const parsed = parseVaultText(text);
      if ("because" in parsed) return fault(`it cannot be decrypted: ${parsed.because}`);
      const ordered = [...secrets].sort((a, b) => Number(b.id === parsed.id) - Number(a.id === parsed.id));
      for (const one of ordered) {
        const { cipher, hmac, iv } = keysFor(one, parsed.salt);
        if (isProven(parsed, hmac)) return decrypted(parsed, cipher, iv);
      }
      return fault(noneFits(parsed.id, secrets));
    },
  };
};

const mostKeys = 10_000;

type Keys = { readonly cipher: Buffer; readonly hmac: Buffer; readonly iv: Buffer };

/** PBKDF2 as ansible-vault has it: 10,000 rounds; 32 bytes for AES, 32 for the HMAC, 16 for the first counter. */
const deriveKeys = (secret: Secret, salt: Buffer): Keys => {
  const bytes = pbkdf2Sync(secret.reveal(), salt, 10_000, 80, "sha256");
  return { cipher: bytes.subarray(0, 32), hmac: bytes.subarray(32, 64), iv: bytes.subarray(64) };
};

/** Before anything is decrypted, and in constant time. */
const isProven = ({ ciphertext, proof }: VaultText, key: Buffer): boolean =>
  timingSafeEqual(createHmac("sha256", key).update(ciphertext).digest(), proof);

const decrypted = ({ ciphertext }: VaultText, key: Buffer, iv: Buffer): Opened => {
  const cipher = createDecipheriv("aes-256-ctr", key, iv);
  const padded = Buffer.concat([cipher.update(ciphertext), cipher.final()]);
  const padding = padded.at(-1) ?? 0;
  // PKCS7. The HMAC has proven the text: only whoever encrypted it can have got this wrong.
  const fits = padding >= 1 && padding <= 16 && padded.subarray(-padding).every((byte) => byte === padding);
  if (!fits) return fault("it cannot be decrypted: its padding is wrong");
  try {
    const plain = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(padded.subarray(0, -padding));
    return { kind: "ok", plain };
  } catch {
    return fault("what it holds is not UTF-8 text");
  }
};

const noneFits = (id: string, secrets: readonly VaultSecret[]): string => {
  const tried = [...new Set(secrets.map((one) => one.id))].map((one) => JSON.stringify(one)).join(", ");
  return `it is encrypted for vault id ${JSON.stringify(id)}, and no given password fits (ids tried: ${tried})`;
};

const fault = (because: string): Opened => ({ kind: "fault", because });
