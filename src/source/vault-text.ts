/** The parts of a vault text, before any password is tried. */
export type VaultText = {
  /** The id of the password that it was encrypted with; only a hint of which one to try first. */
  readonly id: string;
  readonly salt: Buffer;
  /** HMAC-SHA256 of the ciphertext. */
  readonly proof: Buffer;
  readonly ciphertext: Buffer;
};

export type ParsedVaultText = VaultText | { readonly because: string };

const header = "$ANSIBLE_VAULT";

/** Does the text begin as ansible-vault writes it? */
export const isVaultText = (text: string): boolean => text.startsWith(header);

/**
 * Takes `$ANSIBLE_VAULT;1.1;AES256` or `$ANSIBLE_VAULT;1.2;AES256;ID` and its lines of hex digits apart; or says what is
 * wrong, with the line, counted from 1. The format: Ansible's documentation, "Ansible Vault payload format".
 */
export const parseVaultText = (text: string): ParsedVaultText => {
  const [first = "", ...lines] = text.trimEnd().split(/\r?\n/);
  const [name, version = "", cipher = "", id = "default", ...rest] = first.split(";").map((part) => part.trim());
  if (name !== header || rest.length > 0) return { because: `line 1 does not begin with ${header};1.1;AES256` };
  if (version !== "1.1" && version !== "1.2")
    return { because: "line 1 names a version that is not known: 1.1 and 1.2 are" };
  if (cipher !== "AES256") return { because: "line 1 names a cipher that is not known: AES256 is" };
  const odd = lines.findIndex((line) => !/^[\da-fA-F]+$/.test(line));
  if (odd >= 0) return { because: `line ${odd + 2} of the encrypted text is damaged: it has other than hex digits` };
  const parts = hexToText(lines.join(""))?.split("\n").map(fromHex) ?? [];
  const [salt, proof, ciphertext] = parts;
  const whole = parts.length === 3 && proof?.length === 32;
  if (!whole || salt === undefined || ciphertext === undefined)
    return { because: `the encrypted text is damaged or cut short (${lines.length + 1} lines)` };
  return { id, salt, proof, ciphertext };
};

const hexToText = (hex: string): string | undefined => fromHex(hex)?.toString("latin1");

/** Undefined where it is not an even number of hex digits, at least one pair. */
const fromHex = (hex: string): Buffer | undefined =>
  hex.length % 2 === 0 && /^[\da-fA-F]+$/.test(hex) ? Buffer.from(hex, "hex") : undefined;
