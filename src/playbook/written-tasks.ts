import { z } from "zod";
import { didYouMean } from "../expr/nearest.ts";
import { activateSchema } from "./activate.ts";
import { commandSchema } from "./command.ts";
import { settingNames, timeoutNames } from "./conntrack-names.ts";
import {
  account,
  blankLine,
  closed,
  flag,
  hostPath,
  line,
  mode,
  notYet,
  oneOf,
  oneOrMore,
  percent,
  show,
  templateName,
  whole,
} from "./schema-parts.ts";

/** The kernel keeps sizes and seconds in an int. */
const largestInt = 2_147_483_647;
/** A timeout becomes jiffies, up to 1000 a second, in the same int. */
const longestTimeout = 2_147_483;

const anyRule = { buckets_ratio: whole(1, 64).optional(), tolerance: percent.optional(), guard: percent.optional() };
const limits = { ...anyRule, floor: whole(1, largestInt).optional(), ceiling: whole(1, largestInt).optional() };

const ruleKeys: { readonly [key: string]: string } = {
  share: "memory",
  per_core: "cores",
  minimum: "cores",
  max: "fixed",
  buckets: "fixed",
  floor: "memory, classic and cores",
  ceiling: "memory, classic and cores",
};
const ofAnotherRule = new Map(Object.entries(ruleKeys).map(([key, rule]) => [key, `${key} belongs to rule ${rule}`]));

/** The written form of a size; one schema per rule, so that a key of another rule is seen. */
const sizeSchema = z.discriminatedUnion(
  "rule",
  [
    closed({ rule: z.literal("memory"), share: percent.optional(), ...limits }, ofAnotherRule),
    closed({ rule: z.literal("classic"), ...limits }, ofAnotherRule),
    closed(
      {
        rule: z.literal("cores"),
        per_core: whole(1, largestInt).optional(),
        minimum: whole(1, largestInt).optional(),
        ...limits,
      },
      ofAnotherRule,
    ),
    closed(
      { rule: z.literal("fixed"), max: whole(1, largestInt), buckets: whole(1, largestInt).optional(), ...anyRule },
      ofAnotherRule,
    ),
  ],
  { error: "expected one of the rules memory, classic, cores, fixed, as in { rule: memory }" },
);

/** Values by short name, where a name that nobody knows is a mistake. */
const named = (known: ReadonlySet<string>, value: z.ZodType<number>, what: string) =>
  z.record(
    z.string().superRefine((name, context) => {
      if (!known.has(name))
        context.addIssue({ code: "custom", message: `${show(name)} is no ${what}${didYouMean(name, known)}` });
    }),
    value,
    {
      error: (issue) =>
        issue.code === "invalid_type"
          ? `expected a map of each ${what} and its value, found ${show(issue.input)}`
          : undefined,
    },
  );

const conntrack = closed({
  size: sizeSchema.optional(),
  timeouts: named(timeoutNames, whole(1, longestTimeout), "conntrack timeout").optional(),
  settings: named(settingNames, whole(0, largestInt), "conntrack setting").optional(),
  allow_lower: flag.optional(),
}).refine(
  (task) => [task.size, task.timeouts, task.settings].some((part) => part !== undefined),
  "wants nothing: give it size, timeouts or settings",
);

const template = closed(
  { src: templateName, dest: hostPath, mode: mode.optional(), owner: account.optional(), group: account.optional() },
  notYet(["validate", "backup", "force", "content"]),
);

const settingKey = line("the name of a setting").regex(/^[\w./*:@-]+$/, "is not the name of a setting");
const settingValue = z.union([blankLine("a value"), z.number(), flag], {
  error: (issue) => `expected text or a number on one line, found ${show(issue.input)}`,
});

const linePattern = line("a line").regex(/[^\s*?]{4}/, "would match almost any line");

const settings = closed({
  path: hostPath,
  set: z.record(settingKey, settingValue).optional(),
  absent: oneOrMore(settingKey, "the name of a setting or a list of them").optional(),
  absent_lines: oneOrMore(linePattern, "a line (* stands for any text) or a list of them").optional(),
}).superRefine((task, context) => {
  if (task.set === undefined && task.absent === undefined && task.absent_lines === undefined)
    context.addIssue({ code: "custom", message: "changes nothing: give it set, absent or absent_lines" });
  for (const key of [task.absent ?? []].flat())
    if (task.set !== undefined && Object.hasOwn(task.set, key))
      context.addIssue({ code: "custom", path: ["absent"], message: `${show(key)} is to be set and to be absent` });
});

const absent = z.union([hostPath, closed({ path: hostPath })]);

// Names are at most 55 characters in the kernel: MODULE_NAME_LEN on 64 bits.
const moduleError = (issue: { readonly input?: unknown }) =>
  `expected the name of a kernel module, like nf_conntrack, found ${show(issue.input)}`;
const moduleName = z.string({ error: moduleError }).regex(/^[A-Za-z0-9_][\w-]{0,54}$/, { error: moduleError });
const module = closed({
  name: moduleName,
  state: z
    .enum(["present", "absent"], { error: (issue) => `expected present or absent, found ${show(issue.input)}` })
    .optional(),
});

const lines = oneOrMore(line("an expression"), "an expression or a list of them");
const verify = z.union([lines, closed({ that: lines, otherwise: oneOf(["keep", "revert"]).optional() })]);

/** What each kind of task takes, by the key that names the kind. */
export const taskKinds = {
  conntrack,
  template,
  settings,
  absent,
  module,
  command: commandSchema,
  activate: activateSchema,
  verify,
} as const;
export type TaskKind = keyof typeof taskKinds;
export type WrittenBody = { readonly [kind in TaskKind]: z.infer<(typeof taskKinds)[kind]> };
export type WrittenSize = z.infer<typeof sizeSchema>;

const shellExample = '{ run: [sh, -c, "..."], unless: [sh, -c, "..."] }';

/** What to say of keys of tasks that are known words, from this design or from Ansible, and not honoured here. */
export const laterTaskKeys: ReadonlyMap<string, string> = new Map([
  ...notYet([
    ...["service", "tags", "vars", "register", "notify", "loop", "block", "become", "ignore_errors", "delegate_to"],
    ...["changed_when", "failed_when", "check_mode", "environment", "until", "retries"],
  ]),
  ...["before", "after"].map((key) => [key, `${key} belongs to the play, beside tasks`] as const),
  ...["shell", "raw", "script"].map(
    (key) => [key, `${key} is not offered: use command, as in ${shellExample}`] as const,
  ),
]);

const when = z.union([lines, flag], {
  error: (issue) => `expected an expression or a list of them, found ${show(issue.input)}`,
});

/** What any task may have beside its kind. */
export const taskHead = { name: line("a name").optional(), when: when.optional() };
