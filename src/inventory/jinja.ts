import { type Opened, type Value, type Vars, Vaulted } from "../model/host.ts";
import { mergeVars } from "../model/vars.ts";
import { visible } from "../source/visible.ts";
import { type Expression, parseTemplate, type Reference } from "./jinja-syntax.ts";

export type Resolved =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "fault"; readonly because: string };

/** How far one variable may lead to another, how many references one value may take, and how long text may grow. */
const limits = { depth: 20, references: 10_000, characters: 1_000_000 };

/** True for text that Ansible would evaluate. */
export const holdsTemplate = (value: Value): boolean => typeof value === "string" && /\{[{%#]/.test(value);

/**
 * A value as Ansible evaluates it, where that needs nothing but the host's own variables: `{{ name }}`, `{{ a.b }}`,
 * `{{ a['b'] }}`, `{{ a[0] }}`, each with `| default('x')`, and text around them. A value alone keeps its type; text that a vaulted value went
 * into is vaulted. Lists and maps are evaluated throughout. Anything else is a fault that names the expression.
 */
export const resolveJinja = (vars: Vars, value: Value): Resolved => {
  const state: State = { vars, open: [], faults: [], done: { references: 0 } };
  const resolved = resolve(state, value);
  const [because] = state.faults;
  return because === undefined ? { kind: "ok", value: resolved } : { kind: "fault", because };
};

/** `open`: the variables that led here. */
type State = {
  readonly vars: Vars;
  readonly open: readonly string[];
  readonly faults: string[];
  readonly done: { references: number };
};

const trouble = (state: State, because: string): null => {
  state.faults.push(because);
  return null;
};

const resolve = (state: State, value: Value): Value => {
  if (typeof value === "string") return holdsTemplate(value) ? render(state, value) : value;
  if (typeof value !== "object" || value === null || value instanceof Vaulted) return value;
  if (isList(value)) return value.map((one) => resolve(state, one));
  const entries = Object.entries(value).map(([name, one]) => [name, resolve(state, one)] as const);
  return mergeVars(Object.fromEntries(entries));
};

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const render = (state: State, text: string): Value => {
  const template = parseTemplate(text);
  if (template.kind === "fault") return trouble(state, template.because);
  const values = template.parts.map((part) => (typeof part === "string" ? part : evaluate(state, part)));
  const [only, ...more] = values;
  if (only !== undefined && more.length === 0) return only;
  const written = template.parts.map((part) => (typeof part === "string" ? part : visible(part.written)));
  // opened only where the whole is: a vault that nobody uses needs no password
  if (values.some((value) => value instanceof Vaulted)) return new Vaulted(() => joined(values, written), undefined);
  const whole = joined(values, written);
  return whole.kind === "ok" ? whole.plain : trouble(state, whole.because);
};

const joined = (values: readonly Value[], written: readonly string[]): Opened => {
  let text = "";
  for (const [at, value] of values.entries()) {
    const part = value instanceof Vaulted ? value.open() : asText(value, written[at] ?? "");
    if (part.kind === "fault") return part;
    text += String(part.plain);
    if (text.length > limits.characters)
      return { kind: "fault", because: `it makes more than ${limits.characters} characters` };
  }
  return { kind: "ok", plain: text };
};

/** As Python writes it into text. */
const asText = (value: Exclude<Value, Vaulted>, written: string): Opened => {
  if (value === null) return { kind: "ok", plain: "" };
  if (typeof value === "boolean") return { kind: "ok", plain: value ? "True" : "False" };
  if (typeof value !== "object") return { kind: "ok", plain: value };
  return { kind: "fault", because: `${written} is ${isList(value) ? "a list" : "a map"}; it cannot stand within text` };
};

const evaluate = (state: State, expression: Expression): Value => {
  const found = expression.of.kind === "literal" ? expression.of.value : lookUp(state, expression.of);
  const { fallback } = expression;
  if (found !== undefined && !(fallback?.forEmpty === true && isEmpty(found))) return found;
  if (fallback !== undefined) {
    const other = fallback.of.kind === "literal" ? fallback.of.value : lookUp(state, fallback.of);
    if (other !== undefined) return other;
  }
  return trouble(state, `${visible(expression.written)} names a variable that this host does not have`);
};

const isEmpty = (value: Value): boolean =>
  value === "" || value === 0 || value === false || value === null || (isList(value) && value.length === 0);

const lookUp = (state: State, { name, path }: Reference): Value | undefined => {
  const value = own(state.vars, name);
  if (value === undefined) return undefined;
  if (state.open.includes(name))
    return trouble(state, `${visible([...state.open, name].join(" > "))} leads back to itself`);
  if (state.open.length >= limits.depth)
    return trouble(state, `${visible(name)} is more than ${limits.depth} references away`);
  state.done.references += 1;
  if (state.done.references > limits.references)
    return trouble(state, `it takes more than ${limits.references} references`);
  const inner = { ...state, open: [...state.open, name] };
  let at: Value | undefined = value;
  for (const step of path) at = below(resolveShallow(inner, at), step);
  return at === undefined ? undefined : resolve(inner, at);
};

/** Text that is a template may stand for a map; a map's other entries need not be evaluated. */
const resolveShallow = (state: State, value: Value | undefined): Value | undefined =>
  typeof value === "string" ? resolve(state, value) : value;

const below = (value: Value | undefined, step: string | number): Value | undefined => {
  if (typeof value !== "object" || value === null || value instanceof Vaulted) return undefined;
  if (isList(value)) return typeof step === "number" ? value.at(step) : undefined;
  return own(value, String(step));
};

const own = (map: Vars, name: string): Value | undefined => (Object.hasOwn(map, name) ? map[name] : undefined);
