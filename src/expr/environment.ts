import { Environment } from "@marcbachmann/cel-js";
import { type Value, type Vars, Vaulted } from "../model/host.ts";
import { factTable } from "./fact-table.ts";
import { type FactsContext, type Found, factsShape } from "./facts-context.ts";
import type { Shape } from "./shape.ts";

/** What an expression may name: `facts`, `vars` (host variables), `host`, `play`; and in a gate `since`. */
export type ExpressionContext = {
  readonly facts: FactsContext;
  readonly vars: Vars;
  readonly host: { readonly name: string; readonly groups: readonly string[] };
  readonly play: { readonly name: string };
  /** What happened on a host since this run changed it. */
  readonly since?: { readonly drops: Found };
};

/** Thrown where a fact or a variable has no value to read, and caught by the evaluator: `true ||` still holds beside it. */
export class MissingFact extends Error {}

/** CEL reads a typed record through the getters of its class: a missing fact is an error only where it is read. */
class Group {
  readonly #facts: FactsContext;
  constructor(facts: FactsContext) {
    this.#facts = facts;
  }
  fact(path: string): unknown {
    const found = this.#facts.find(path);
    if (found.kind === "missing") throw new MissingFact(found.because);
    return toCel(found.value, factTable.get(path)?.shape ?? { kind: "any" });
  }
  group(type: typeof Group): Group {
    return new type(this.#facts);
  }
}
class HostRecord {
  readonly name: string;
  readonly groups: readonly string[];
  constructor({ name, groups }: ExpressionContext["host"]) {
    this.name = name;
    this.groups = groups;
  }
}
class SinceRecord {
  readonly #since: ExpressionContext["since"];
  constructor(since: ExpressionContext["since"]) {
    this.#since = since;
  }
  get drops(): unknown {
    const found = this.#since?.drops ?? { kind: "missing", because: "this run has not changed the host" };
    if (found.kind === "missing") throw new MissingFact(found.because);
    return toCel(found.value, { kind: "int" });
  }
}
class PlayRecord {
  readonly name: string;
  constructor({ name }: ExpressionContext["play"]) {
    this.name = name;
  }
}

/** Integers enter as BigInt, which is CEL's `int`; ratios stay doubles; maps are `Map`, which no key can confuse. */
const toCel = (value: Value, shape: Shape): unknown => {
  if (typeof value === "number") return shape.kind !== "double" && Number.isInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Vaulted) return openedForCel(value);
  if (isList(value)) return value.map((item) => toCel(item, shape.kind === "list" ? shape.of : { kind: "any" }));
  return new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner, innerShape(shape, key))]));
};

const openedForCel = (value: Vaulted): unknown => {
  const opened = value.open();
  if (opened.kind === "fault") throw new MissingFact(opened.because);
  return toCel(opened.plain, { kind: "any" });
};

/** Variables, each converted, and its vault opened, when an expression reads it. CEL asks for a map of the very class. */
const lazyVars = (vars: Vars): Map<string, unknown> => {
  const map = new Map<string, unknown>(Object.keys(vars).map((name) => [name, null]));
  const read = new Map<string, unknown>();
  map.get = (name) => {
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (value === undefined) return undefined;
    if (!read.has(name)) read.set(name, toCel(value, { kind: "any" }));
    return read.get(name);
  };
  return map;
};

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const innerShape = (shape: Shape, key: string): Shape => {
  if (shape.kind === "map") return shape.of;
  return (shape.kind === "record" ? shape.fields[key] : undefined) ?? { kind: "any" };
};

const celType = (shape: Shape): string => {
  switch (shape.kind) {
    case "text":
      return "string";
    case "any":
      return "dyn";
    case "list":
      return `list<${celType(shape.of)}>`;
    case "map":
      return `map<string, ${celType(shape.of)}>`;
    case "record":
      return "map<string, dyn>";
    default:
      return shape.kind;
  }
};

const limits = { maxAstNodes: 200, maxDepth: 30, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 };

/** A class with a getter per fact, registered so that CEL knows its fields; returns the class. */
const registerGroup = (cel: Environment, name: string, fields: { readonly [field: string]: Shape }): typeof Group => {
  const type = class extends Group {};
  const types: { [field: string]: string } = {};
  for (const [field, shape] of Object.entries(fields)) {
    const path = name === "facts" ? field : `${name}.${field}`;
    const inner = shape.kind === "record" ? registerGroup(cel, field, shape.fields) : undefined;
    types[field] = inner === undefined ? celType(shape) : field;
    Object.defineProperty(type.prototype, field, {
      get(this: Group) {
        return inner === undefined ? this.fact(path) : this.group(inner);
      },
    });
  }
  cel.registerType(name, { ctor: type, fields: types });
  return type;
};

const build = (): { readonly cel: Environment; readonly Facts: typeof Group } => {
  const cel = new Environment({ limits });
  const Facts = registerGroup(cel, "facts", factsShape.kind === "record" ? factsShape.fields : {});
  cel.registerType("host", { ctor: HostRecord, fields: { name: "string", groups: "list<string>" } });
  cel.registerType("play", { ctor: PlayRecord, fields: { name: "string" } });
  cel.registerVariable("facts", "facts");
  cel.registerVariable("host", "host");
  cel.registerVariable("play", "play");
  cel.registerVariable("vars", "map<string, dyn>");
  return { cel, Facts };
};

// Building one is slow, and nothing in it changes.
const { cel, Facts } = build();

export const environment: Environment = cel;

/** That of gates, which look at hosts that were changed. */
export const gateEnvironment: Environment = cel
  .clone()
  .registerType("since", { ctor: SinceRecord, fields: { drops: "int" } })
  .registerVariable("since", "since");

type CelContext = { readonly [name: string]: unknown };

// A host's expressions share one context: its variables are converted once.
const converted = new WeakMap<ExpressionContext, CelContext>();

/** The context in the form that the library reads. */
export const celContext = (context: ExpressionContext): CelContext => {
  const known = converted.get(context);
  if (known !== undefined) return known;
  const fresh = {
    facts: new Facts(context.facts),
    vars: lazyVars(context.vars),
    host: new HostRecord(context.host),
    play: new PlayRecord(context.play),
    ...(context.since === undefined ? {} : { since: new SinceRecord(context.since) }),
  };
  converted.set(context, fresh);
  return fresh;
};
