const range = (ends: string): string => String.raw`\[(?:${ends})(?::[0-9]+)?\]`;

const numbers = "[0-9]+:[0-9]+";
const byte = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${range(numbers)})`;
const ipv4 = String.raw`(?:${byte}\.){3}${byte}`;
const word = `(?:[0-9a-f]{1,4}|${range("[0-9a-f]+:[0-9a-f]+")})`;

/** Two colons with this many words before and up to so many after. */
const compressed = [6, 5, 4, 3, 2, 1].map((after, at) => `(?:${word}:){${at + 1}}(?::${word}){1,${after}}`);
const ipv6 = [
  `(?:${word}:){7}${word}`,
  `(?:${word}:){1,6}:`,
  ...compressed,
  `:(?::${word}){1,6}`,
  `${word}?::`,
  String.raw`(?:0:){6}(?:${word}\.){3}${word}`,
  String.raw`::(?:ffff:)?(?:${word}\.){3}${word}`,
  String.raw`(?:0:){5}ffff:(?:${word}\.){3}${word}`,
].join("|");

const letter = String.raw`[\p{L}\p{N}_]`;
const piece = range(`[a-z]:[a-z]|${numbers}`);
const label = String.raw`(?:${letter}|${piece})(?:${letter}|-|${piece})*(?<![_\-])`;
const hostname = String.raw`${label}(?:\.${label})*`;

const whole = new RegExp(`^(?:${ipv4}|${ipv6}|${hostname})$`, "iu");

/**
 * True where Ansible takes a whole pattern for one address (its `parse_address`, ranges allowed), so that its colons separate
 * nothing: `web1:22`, `web[1:3]`, `::1`, `[::1]:22`.
 */
export const isAddressPattern = (text: string): boolean => {
  const bracketed = /^\[(.+)\]:[0-9]+$/.exec(text)?.[1] ?? text;
  const bare = /^((?:[^:[\]]|\[[^\]]*\])*):[0-9]+$/.exec(bracketed)?.[1] ?? bracketed;
  return bare.length <= 1_000 && whole.test(bare);
};
