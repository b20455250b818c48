import { playbookJsonSchema } from "../../playbook/written.ts";
import { type JsonSchema, membersOf } from "./json-schema.ts";

/** A kind of task: its value as it may be written, and the map among the ways to write it. */
type TaskKindSchema = { readonly kind: string; readonly value: JsonSchema; readonly map: JsonSchema };

const play = ((playbookJsonSchema() as JsonSchema).items ?? {}).properties ?? {};
const tasks = membersOf(play.tasks ?? {}).find(({ type }) => type === "array")?.items ?? {};
const head = new Set(["name", "when"]);

/** Every kind of task in the order of the schema. */
export const taskKindSchemas: readonly TaskKindSchema[] = membersOf(tasks).flatMap(({ properties = {} }) =>
  Object.entries(properties).flatMap(([kind, value]) => {
    if (head.has(kind)) return [];
    const map = membersOf(value).find((one) => one.properties !== undefined);
    return map === undefined ? [] : [{ kind, value, map }];
  }),
);

/** What any task may have beside its kind. */
export const taskHeadMap: JsonSchema = {
  properties: Object.fromEntries(
    Object.entries(membersOf(tasks)[0]?.properties ?? {}).filter(([key]) => head.has(key)),
  ),
};

/** A play itself. */
export const playMap: JsonSchema = { properties: play, required: ["hosts"] };

/** The size rules, in the order of the schema. */
export const sizeRules: readonly { readonly rule: string; readonly map: JsonSchema }[] = membersOf(
  taskKindSchemas.find(({ kind }) => kind === "conntrack")?.map.properties?.size ?? {},
).map((map) => ({ rule: map.properties?.rule?.const ?? "", map }));

/** Maps among the values of a play, by the name that `keyMeanings` has for them; `before` and `after` have the same. */
export const playParts: readonly {
  readonly name: string;
  readonly keys: readonly string[];
  readonly map: JsonSchema;
}[] = [
  { name: "window", keys: ["window"] },
  { name: "gate", keys: ["gates"] },
  { name: "hook", keys: ["before", "after"] },
].map(({ name, keys }) => ({
  name,
  keys,
  map: membersOf(play[keys[0] ?? ""] ?? {}).find((one) => one.properties !== undefined) ?? {},
}));

/** Every key of every map, as `keyMeanings` names them. */
export const playbookKeys = (): readonly string[] => {
  const maps: readonly (readonly [name: string, map: JsonSchema])[] = [
    ["play", playMap],
    ...playParts.map(({ name, map }) => [name, map] as const),
    ["task", taskHeadMap],
    ...taskKindSchemas.map(({ kind, map }) => [kind, map] as const),
    ...sizeRules.map(({ map }) => ["size", map] as const),
  ];
  return [
    ...new Set(maps.flatMap(([name, { properties = {} }]) => Object.keys(properties).map((key) => `${name}.${key}`))),
  ];
};
