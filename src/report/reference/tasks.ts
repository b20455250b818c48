import { settingNames, timeoutNames } from "../../playbook/conntrack-names.ts";
import { laterTaskKeys } from "../../playbook/written-tasks.ts";
import { type JsonSchema, membersOf, typeOf } from "./json-schema.ts";
import { keyMeanings } from "./key-meanings.ts";
import { code, page, table } from "./markdown.ts";
import { playMap, playParts, sizeRules, taskHeadMap, taskKindSchemas } from "./playbook-keys.ts";
import { sizeDefault } from "./size-defaults.ts";

/** docs/reference/tasks.md: every key of a playbook, from the schemas that check it. */
export const tasksPage = (): string =>
  page("Playbook keys", [
    "A playbook is a list of plays. Any key that is not here is an error. How to use them: [playbooks.md](../playbooks.md).",
    "## A play",
    keyTable("play", playMap),
    ...playParts.flatMap(({ name, keys, map }) => [
      `### ${keys.map(code).join(" and ")}`,
      "A map with these keys, or a list of such maps.",
      keyTable(name, map),
    ]),
    "## Any task",
    `A task has one of the kinds ${taskKindSchemas.map(({ kind }) => code(kind)).join(", ")}, and may have`,
    keyTable("task", taskHeadMap),
    ...taskKindSchemas.flatMap(({ kind, value, map }) => [
      `## ${code(kind)}`,
      ...shortForm(kind, value, map),
      keyTable(kind, map),
      ...(kind === "conntrack" ? sizeParts() : []),
    ]),
    "## Refused until they are honoured",
    `Keys of tasks that are known words, from Ansible or from what is planned: ${[...laterTaskKeys.keys()].map(code).join(", ")}.`,
  ]);

const keyTable = (name: string, { properties = {}, required = [] }: JsonSchema): string =>
  table(
    ["key", "value", "meaning"],
    Object.entries(properties).map(([key, schema]) => [
      code(key) + (required.includes(key) ? " (required)" : ""),
      ownWords.get(`${name}.${key}`) ?? typeOf(schema),
      meaningOf(`${name}.${key}`),
    ]),
  );

const programWords = "list of words, or text";

/** Values with tables of their own. */
const ownWords: ReadonlyMap<string, string> = new Map([
  ["play.tasks", "list of tasks"],
  ["conntrack.size", "map with a `rule`"],
  ["play.pause", "duration from `0s` to `24h`"],
  ["play.window", "map or a list of them"],
  ["play.gates", "map or a list of them"],
  ["play.before", "map or a list of them"],
  ["play.after", "map or a list of them"],
  ["play.order", "`inventory`, `reverse_inventory`, `sorted`, `reverse_sorted` or `shuffle`"],
  ["gate.within", "duration from `0s` to `24h`"],
  ["gate.every", "duration from `1s` to `1h`"],
  ["gate.command", programWords],
  ["hook.local", programWords],
  ["hook.remote", programWords],
  ["hook.within", "duration from `1s` to `1h`"],
  ["command.run", programWords],
  ["command.unless", programWords],
  ["command.undo", programWords],
  ["command.within", "duration from `1s` to `10m`"],
  ["activate.confirm_within", "duration from `5s` to `1h`, or `off`"],
  ["activate.reboot_within", "duration from `1m` to `2h`"],
  ["activate.stable_for", "duration from `0s` to `10m`"],
]);

const meaningOf = (key: string): string => {
  const meaning = keyMeanings.get(key);
  if (meaning === undefined) throw new Error(`say in key-meanings.ts what ${key} is`);
  return meaning;
};

/** Some kinds take the value of their only key in place of the map. */
const shortForm = (kind: string, value: JsonSchema, map: JsonSchema): readonly string[] => {
  const [key = ""] = Object.keys(map.properties ?? {});
  return membersOf(value).length === 1 ? [] : [`\`${kind}: VALUE\` is short for \`${kind}: { ${key}: VALUE }\`.`];
};

const sizeParts = (): readonly string[] => [
  "### `size`",
  "What a rule takes, with its default; a dash means that the rule does not take the key.",
  table(["key", "value", ...sizeRules.map(({ rule }) => code(rule)), "meaning"], sizeRows()),
  "### `timeouts`",
  `In seconds: ${[...timeoutNames].map(code).join(", ")}.`,
  "A short name is the kernel's key without `net.netfilter.nf_conntrack_` and with `_timeout` taken out. A kernel that lacks a key skips it, with finding CT703.",
  "### `settings`",
  `${[...settingNames].map(code).join(", ")}.`,
];

const sizeRows = (): readonly (readonly string[])[] => {
  const keys = [...new Set(sizeRules.flatMap(({ map }) => Object.keys(map.properties ?? {})))].filter(
    (key) => key !== "rule",
  );
  return keys.map((key) => {
    const schema = sizeRules.flatMap(({ map }) => map.properties?.[key] ?? [])[0] ?? {};
    return [
      code(key),
      typeOf(schema),
      ...sizeRules.map(({ rule, map }) => cellOf(rule, map, key)),
      meaningOf(`size.${key}`),
    ];
  });
};

const cellOf = (rule: string, { properties = {}, required = [] }: JsonSchema, key: string): string => {
  if (properties[key] === undefined) return "-";
  return required.includes(key) ? "required" : sizeDefault(rule, key);
};
