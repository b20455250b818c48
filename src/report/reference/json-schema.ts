import { code } from "./markdown.ts";

/** The parts of a JSON Schema that the playbook's has, as zod writes it. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
};

/** What a value may be, in words; `null` says nothing, as it stands for no value. */
export const typeOf = (schema: JsonSchema): string => {
  const members = membersOf(schema).filter(({ type }) => type !== "null");
  const lists = members.filter(({ type }) => type === "array");
  const single = members.filter((one) => !lists.includes(one)).map(wordsFor);
  if (single.length === 0) return lists.map((list) => `list of ${typeOf(list.items ?? {})}`).join(" or ");
  return [...new Set(single), ...(lists.length > 0 ? ["a list of them"] : [])].join(" or ");
};

/** The alternatives of a schema, unions in unions laid flat. */
export const membersOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const members = schema.anyOf ?? schema.oneOf;
  return members === undefined ? [schema] : members.flatMap(membersOf);
};

const wordsFor = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
  if (typeof schema.type === "object") return schema.type.map((type) => wordsFor({ type })).join(" or ");
  switch (schema.type) {
    case "integer":
      return `whole number${range(schema)}`;
    case "number":
      return `number${range(schema)}`;
    case "boolean":
      return "true or false";
    case "string":
      return schema.pattern?.endsWith("%$") === true ? 'percentage like "5%"' : "text";
    case "object":
      return mapWords(schema);
    default:
      return "any value";
  }
};

const mapWords = ({ properties, additionalProperties }: JsonSchema): string => {
  if (properties !== undefined) return `map with ${Object.keys(properties).map(code).join(", ")}`;
  return typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0
    ? `map of names to ${typeOf(additionalProperties)}`
    : "map of names to values";
};

const range = ({ minimum, maximum }: JsonSchema): string =>
  minimum === undefined || maximum === undefined ? "" : ` (${minimum} to ${maximum})`;
