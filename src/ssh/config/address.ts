import { isIPv6, SocketAddress } from "node:net";

/** Can this only be an address, whatever a name server says? As OpenSSH has it: digits and dots, or a `:` or `%`. */
const looksLikeAddress = (text: string): boolean => /[%:]/.test(text) || /^[\d.]+$/.test(text);

/** A host name in lower case; an address as the system prints it (`127.1` is `127.0.0.1`). */
export const canonicalHost = (host: string): string => {
  const address = ipv4(host) ?? ipv6(host);
  if (address !== undefined) return address.toLowerCase() === host.toLowerCase() ? host : address;
  return looksLikeAddress(host) ? host : host.toLowerCase();
};

const ipv6 = (text: string): string | undefined => {
  if (!text.includes(":") || text.includes("%") || !isIPv6(text)) return undefined;
  return new SocketAddress({ address: text, family: "ipv6" }).address;
};

/** One to four numbers with dots between, decimal, octal or hexadecimal; the last fills what is left. Source: inet_aton(3). */
const ipv4 = (text: string): string | undefined => {
  if (!/^\d/.test(text)) return undefined;
  const parts = text.split(".");
  const numbers = parts.map(numberOf);
  const last = numbers.pop();
  const left = 256 ** (5 - parts.length);
  if (parts.length > 4 || last === undefined || !(last < left) || !numbers.every((one) => one < 256)) return undefined;
  const tail = Array.from(
    { length: 5 - parts.length },
    (_, at) => Math.floor(last / 256 ** (4 - parts.length - at)) % 256,
  );
  return [...numbers, ...tail].join(".");
};

const numberOf = (text: string): number => {
  if (/^0x[\da-f]+$/i.test(text)) return Number(text);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
};
