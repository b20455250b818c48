const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);

/** True for an IPv6 address as text, with or without a zone (`fe80::1%eth0`). */
export const isIpv6 = (text: string): boolean => {
  const [address = "", zone, ...more] = text.split("%");
  if (more.length > 0 || (zone !== undefined && !/^[\w.-]{1,32}$/.test(zone))) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = parts.at(-1) ?? "";
  const dotted = isIpv4(last) && !(halves.length === 2 && halves[1] === "");
  const count = parts.length + (dotted ? 1 : 0);
  const words = dotted ? parts.slice(0, -1) : parts;
  return words.every((word) => /^[\da-fA-F]{1,4}$/.test(word)) && (halves.length === 2 ? count < 8 : count === 8);
};

/**
 * `web:2222` and `[::1]:22` as Ansible reads a name in `hosts`: host and port. Brackets of a range stay (`web[1:3]:22`).
 * Anything else is a name without a port.
 */
export const splitPort = (text: string): { readonly name: string; readonly port: string | undefined } => {
  // no name is that long, and its reader says so
  if (text.length > 2_000) return { name: text, port: undefined };
  const bracketed = /^\[([^[\]]*:[^[\]]*:[^[\]]*)\](?::(\d+))?$/.exec(text);
  if (bracketed?.[1] !== undefined && isIpv6(bracketed[1])) return { name: bracketed[1], port: bracketed[2] };
  const plain = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text);
  return plain?.[1] === undefined ? { name: text, port: undefined } : { name: plain[1], port: plain[2] };
};
