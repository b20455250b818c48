/** What a plain (unquoted) YAML 1.1 scalar stands for. `inexact`: a whole number that a double cannot hold. */
export type Plain =
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "inexact" };

const variants = <T>(word: string, value: T): readonly (readonly [string, T])[] =>
  [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()].map((one) => [one, value] as const);

const words = new Map<string, boolean | null>([
  ...variants("yes", true),
  ...variants("true", true),
  ...variants("on", true),
  ...variants("no", false),
  ...variants("false", false),
  ...variants("off", false),
  ...variants("null", null),
  ["~", null],
  ["", null],
]);

const special = new Map([
  ...variants("inf", Number.POSITIVE_INFINITY).flatMap(([word, value]) => [
    [`.${word}`, value] as const,
    [`+.${word}`, value] as const,
    [`-.${word}`, -value] as const,
  ]),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
]);

const whole = /^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|0[0-7_]+|0|[1-9][\d_]*(?::[0-5]?\d){0,400})$/;
// a sign before a point makes it text: `-.5`
const fraction = /^(?:[-+]?\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/;
const sexagesimalFraction = /^[-+]?\d[\d_]*(?::[0-5]?\d){1,400}\.[\d_]*$/;
const mayBeOther = /^[-+.\d~yYnNtTfFoO]/;

/**
 * The value of a plain scalar as Ansible's YAML reader (PyYAML) resolves it: `0644` is octal, `no` is false, `1:30` is
 * 90, `1e3` and `y` are text. Dates stay text.
 */
export const resolvePlain = (text: string): Plain => {
  if (text !== "" && !mayBeOther.test(text)) return { kind: "value", value: text };
  const word = words.get(text) ?? special.get(text);
  if (word !== undefined) return { kind: "value", value: word };
  if (words.has(text)) return { kind: "value", value: null };
  if (whole.test(text)) return wholeNumber(text.replaceAll("_", ""));
  if (fraction.test(text)) return { kind: "value", value: Number(text.replaceAll("_", "")) };
  if (sexagesimalFraction.test(text)) return { kind: "value", value: sexagesimal(text.replaceAll("_", "")) };
  return { kind: "value", value: text };
};

const wholeNumber = (text: string): Plain => {
  const digits = text.replace(/^[-+]/, "");
  const value = digits.includes(":") ? sexagesimal(digits) : Number(asJavaScript(digits));
  if (Number.isNaN(value)) return { kind: "value", value: text };
  if (!Number.isSafeInteger(value)) return { kind: "inexact" };
  return { kind: "value", value: text.startsWith("-") ? 0 - value : value };
};

/** `0644` to `0o644`; the other forms are JavaScript's own. */
const asJavaScript = (digits: string): string => (/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);

const sexagesimal = (text: string): number => {
  const sign = text.startsWith("-") ? -1 : 1;
  return (
    sign *
    text
      .replace(/^[-+]/, "")
      .split(":")
      .reduce((sum, part) => sum * 60 + Number(part), 0)
  );
};
