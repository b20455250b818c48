import type { Value } from "../model/host.ts";
import { visible } from "../source/visible.ts";

/** Text and expressions in the order in which they stand. */
export type Template =
  | { readonly kind: "parts"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "fault"; readonly because: string };

export type Expression = {
  /** With its braces, for people. */
  readonly written: string;
  readonly of: Operand;
  /** `| default(OTHER)`; `forEmpty`: also where the value is empty. */
  readonly fallback: { readonly of: Operand; readonly forEmpty: boolean } | undefined;
};

export type Operand = Reference | { readonly kind: "literal"; readonly value: Value };

/** `a.b['c'][0]` */
export type Reference = {
  readonly kind: "reference";
  readonly name: string;
  readonly path: readonly (string | number)[];
};

/** Reads the small part of Jinja that needs nothing but variables. */
export const parseTemplate = (text: string): Template => {
  const parts: (string | Expression)[] = [];
  let at = 0;
  for (let open = text.search(/\{[{%#]/); open >= 0; open = nextOpen(text, at)) {
    if (open > at) parts.push(text.slice(at, open));
    const found = text.startsWith("{{", open) ? closed(text, open) : undefined;
    const expression = found === undefined ? undefined : parseExpression(found);
    if (found === undefined || expression === undefined) return fault(found ?? text.slice(open));
    parts.push(expression);
    at = open + found.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return { kind: "parts", parts };
};

const nextOpen = (text: string, from: number): number => {
  const found = text.slice(from).search(/\{[{%#]/);
  return found < 0 ? found : from + found;
};

const longestExpression = 10_000;

/** `{{ ... }}` from here, closing braces within quotes passed over. */
const closed = (text: string, from: number): string | undefined =>
  /^\{\{(?:[^'"{}]|'[^'\\]*'|"[^"\\]*")*\}\}/.exec(text.slice(from, from + longestExpression))?.[0];

const fault = (written: string): Template => ({
  kind: "fault",
  because: `${visible(written)} cannot be evaluated here: variables of the host and | default('...') can`,
});

const word = String.raw`[A-Za-z_]\w*`;
const quoted = String.raw`'[^'\\]*'|"[^"\\]*"`;
const reference = String.raw`${word}(?:\s*\.\s*${word}|\s*\[\s*(?:${quoted}|-?\d{1,9})\s*\])*`;
const literal = String.raw`${quoted}|-?\d{1,15}|[Tt]rue|[Ff]alse|[Nn]one`;
const operand = `${literal}|${reference}`;
const whole = new RegExp(
  String.raw`^\{\{-?\s*(${operand})\s*(?:\|\s*(?:default|d)\s*\(\s*(${operand})\s*(,\s*(?:boolean\s*=\s*)?[Tt]rue\s*)?\)\s*)?-?\}\}$`,
);

const parseExpression = (written: string): Expression | undefined => {
  const [, of, other, forEmpty] = whole.exec(written) ?? [];
  if (of === undefined) return undefined;
  const fallback = other === undefined ? undefined : { of: parseOperand(other), forEmpty: forEmpty !== undefined };
  return { written, of: parseOperand(of), fallback };
};

const words = new Map<string, Value>([
  ["true", true],
  ["false", false],
  ["none", null],
]);

const parseOperand = (text: string): Operand => {
  if (/^['"]/.test(text)) return { kind: "literal", value: text.slice(1, -1) };
  if (/^-?\d+$/.test(text)) return { kind: "literal", value: Number(text) };
  const value = /^[TtFfNn]/.test(text) ? words.get(text.charAt(0).toLowerCase() + text.slice(1)) : undefined;
  if (value !== undefined) return { kind: "literal", value };
  const [name = "", ...path] = [...text.matchAll(/'([^']*)'|"([^"]*)"|(-?\d+)|([A-Za-z_]\w*)/g)].map(
    ([, single, double, digits, plain]) => (digits === undefined ? (single ?? double ?? plain ?? "") : Number(digits)),
  );
  return { kind: "reference", name: String(name), path };
};
