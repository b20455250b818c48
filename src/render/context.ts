import type { ExpressionContext } from "../expr/environment.ts";
import { factTable } from "../expr/fact-table.ts";
import { type FactsContext, factsShape, splitPath } from "../expr/facts-context.ts";
import { anything, int, listOf, mapOf, record, type Shape, shapeOf, text } from "../expr/shape.ts";
import { type Secret, type Value, type Vars, Vaulted } from "../model/host.ts";
import type { Desired } from "../model/play.ts";

/** What a template may name, and nothing else; and where its text is to go. */
export type TemplateContext = ExpressionContext & {
  /** What the play wants of conntrack here. */
  readonly conntrack: Desired;
  /** The managed file's current text; "" where there is no file; undefined where it is not text. */
  readonly file: string | undefined;
  /** The path that the text is for: some kinds of file refuse some lines. A template cannot name it. */
  readonly dest: string;
};

/** A template that cannot be rendered for this host: thrown by getters and helpers, caught by `renderTemplate`. */
export class TemplateFault extends Error {}

/** The shape of the context. Without variables (offline) any name may follow `vars.`. */
export const contextShape = (vars?: Vars): Shape =>
  record({
    facts: factsShape,
    conntrack: record({ max: int, buckets: int, timeouts: mapOf(int), keys: mapOf(int) }),
    vars: vars === undefined ? anything : shapeOf(vars),
    host: record({ name: text, groups: listOf(text) }),
    play: record({ name: text }),
    file: text,
  });

/** What a word of `before` and `after` may name: what is known of a host before it is asked. */
export type WordContext = Pick<ExpressionContext, "vars" | "play"> & {
  /** `address`: what one would type after `ssh`. */
  readonly host: ExpressionContext["host"] & { readonly address: Value };
};

/** The shape of that context. */
export const wordShape = (vars?: Vars): Shape =>
  record({
    vars: vars === undefined ? anything : shapeOf(vars),
    host: record({ name: text, groups: listOf(text), address: text }),
    play: record({ name: text }),
  });

/** That context as the library reads it; what is read out of a vault is put into `secrets`. */
export const wordData = ({ vars, host, play }: WordContext, secrets: Set<Secret>): object => {
  const { name, groups, address } = host;
  return lazy({
    vars: () => guard(vars, "vars", secrets),
    host: () => guard({ name, groups, address }, "host", secrets),
    play: () => guard({ name: play.name }, "play"),
  });
};

/** Every line break and control character: one inside a value could start a second setting. A tab is a blank. */
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * The context as the library reads it: null-prototype objects whose own getters throw where a value is missing, or is of a
 * kind that must not be written. `file` alone is as it is: its line breaks are its own. What is read out of a vault is
 * put into `secrets`.
 */
export const templateData = (
  { facts, conntrack, vars, host, play, file }: TemplateContext,
  secrets: Set<Secret>,
): object =>
  lazy({
    facts: () => factsData(facts),
    conntrack: () => desiredData(conntrack),
    vars: () => guard(vars, "vars", secrets),
    host: () => guard({ name: host.name, groups: host.groups }, "host"),
    play: () => guard({ name: play.name }, "play"),
    file: () => file ?? fault("the file on the host is not UTF-8 text, so it cannot be edited"),
  });

// A host's facts serve every template of its play.
const factsBefore = new WeakMap<FactsContext, object>();

const factsData = (facts: FactsContext): object => {
  const before = factsBefore.get(facts);
  if (before !== undefined) return before;
  const top: Getters = {};
  const groups = new Map<string, Getters>();
  const add = (path: string, get: () => unknown) => {
    const [group, field] = splitPath(path);
    const getters = group === undefined ? top : (groups.get(group) ?? {});
    getters[field] = get;
    if (group !== undefined) groups.set(group, getters);
  };
  for (const path of factTable.keys()) add(path, () => factData(facts, path));
  for (const [group, fields] of groups) {
    const data = lazy(fields);
    top[group] = () => data;
  }
  const data = lazy(top);
  factsBefore.set(facts, data);
  return data;
};

const factData = (facts: FactsContext, path: string): unknown => {
  const found = facts.find(path);
  return found.kind === "value" ? guard(found.value, `facts.${path}`) : fault(found.because);
};

const desiredData = (desired: Desired): object => {
  const wanted = (name: string, value: number | undefined) => () =>
    value ?? fault(`conntrack.${name} is not known: no conntrack task of the play sizes the table here`);
  return lazy({
    max: wanted("max", desired.max),
    buckets: wanted("buckets", desired.buckets),
    timeouts: () => guard(Object.fromEntries(desired.timeouts), "conntrack.timeouts"),
    keys: () => guard(Object.fromEntries(desired.keys), "conntrack.keys"),
  });
};

type Getters = { [name: string]: () => unknown };

const fault = (because: string): never => {
  throw new TemplateFault(because);
};

const guard = (value: Value, path: string, secrets = new Set<Secret>()): unknown => {
  if (value instanceof Vaulted) return guard(unsealed(value, path, secrets), path);
  if (value === null) return fault(`${path} is null: there is nothing to write`);
  if (typeof value === "string")
    return control.test(value) ? fault(`${path} holds a line break or another control character`) : value;
  if (typeof value !== "object") return value;
  if (isList(value))
    return unprintable(
      value.map((item, at) => guard(item, `${path}[${at}]`, secrets)),
      path,
    );
  const odd = Object.keys(value).find((key) => control.test(key));
  if (odd !== undefined) return fault(`a name in ${path} holds a line break or another control character`);
  return lazy(
    Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, () => guard(inner, `${path}.${key}`, secrets)]),
    ),
    path,
  );
};

const unsealed = (value: Vaulted, path: string, secrets: Set<Secret>): string | number => {
  const opened = value.open();
  if (opened.kind === "fault") return fault(`${path}: ${opened.because}`);
  secrets.add(value);
  return opened.plain;
};

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const lazy = (getters: Getters, path = "this"): object => {
  const data = Object.create(null) as object;
  for (const [name, get] of Object.entries(getters)) Object.defineProperty(data, name, { get, enumerable: true });
  return unprintable(data, path);
};

/** A list or a map has no text form: as it is, it would be `a,b` in a file. The library asks for it in its errors, too. */
const unprintable = <T extends object>(data: T, path: string): T =>
  Object.defineProperty(data, Symbol.toPrimitive, {
    value: () => fault(`${path} is a list or a map: it has no text form, or not what is asked of it`),
  });
