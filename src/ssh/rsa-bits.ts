import { keyType } from "./known-hosts.ts";

/** How many bits the modulus of an RSA key in wire form has; undefined for other keys. Source: RFC 4253, section 6.6. */
export const rsaBits = (blob: Uint8Array): number | undefined => {
  if (keyType(blob) !== "ssh-rsa") return undefined;
  // the type and the exponent stand before the modulus, which may begin with zeros
  const modulus = field(skip(skip(blob)));
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
};

const lengthOf = (bytes: Uint8Array): number =>
  bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

const field = (bytes: Uint8Array): Uint8Array => bytes.subarray(4, 4 + lengthOf(bytes));

const skip = (bytes: Uint8Array): Uint8Array => bytes.subarray(4 + lengthOf(bytes));
