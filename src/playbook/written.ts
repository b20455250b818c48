import { z } from "zod";
import { becomeMethods } from "../model/host.ts";
import { closed, flag, line, notYet, oneOrMore, percent, show, whole } from "./schema-parts.ts";
import { taskHead, taskKinds } from "./written-tasks.ts";

const batch = z.union([whole(1, 1_000_000), percent], {
  error: (issue) => `expected a number of hosts from 1 on or a percentage up to "100%", found ${show(issue.input)}`,
});

const failError = (issue: { readonly input?: unknown }) =>
  `expected a percentage from 0 to 100, found ${show(issue.input)}`;
const failPercentage = z.union(
  [
    z.number().min(0, { error: failError }).max(100, { error: failError }),
    z.string().regex(/^(\d{1,2}|100)%$/, { error: failError }),
  ],
  { error: failError },
);

const later = [
  ...["vars_prompt", "tags", "before", "after", "gates", "pre_tasks", "post_tasks", "handlers", "roles"],
  ...["gather_facts", "strategy", "any_errors_fatal", "environment", "remote_user", "port", "order", "import_playbook"],
];

const varsFile = line("the path of a file").refine((name) => !/\{[{%#]/.test(name), {
  error: "holds Jinja: the name of a vars file is plain text here",
});
const varsFiles = "the path of a file, or a list of paths of which the first that is there is read";

const playShape = {
  name: line("a name").optional(),
  hosts: oneOrMore(line("a pattern of hosts"), "a pattern of hosts or a list of them"),
  become: flag.optional(),
  become_user: line("a user").optional(),
  become_method: z
    .enum(becomeMethods, { error: (issue) => `expected ${becomeMethods.join(", ")}, found ${show(issue.input)}` })
    .optional(),
  serial: oneOrMore(batch, 'a number of hosts from 1 on or a percentage up to "100%", or a list of them').optional(),
  max_fail_percentage: failPercentage.optional(),
  vars: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, "is not a name for a variable: letters, digits and _"), z.unknown(), {
      error: (issue) =>
        issue.code === "invalid_type" ? `expected a map of variables, found ${show(issue.input)}` : undefined,
    })
    .nullish(),
  vars_files: oneOrMore(oneOrMore(varsFile, varsFiles), varsFiles).nullish(),
};

/** A play as it is written; its tasks are looked at one by one, so that each is told what its own kind takes. */
export const playSchema = closed(
  {
    ...playShape,
    tasks: z.array(z.unknown(), { error: (issue) => `expected a list of tasks, found ${show(issue.input)}` }).nullish(),
  },
  notYet(later),
);
export type WrittenPlay = z.infer<typeof playSchema>;

/** The JSON Schema of a playbook, for editors: made from the schemas that check it. */
export const playbookJsonSchema = (): object => {
  const tasks = Object.entries(taskKinds).map(([kind, body]) => z.strictObject({ ...taskHead, [kind]: body }));
  return z.toJSONSchema(z.array(z.strictObject({ ...playShape, tasks: z.array(z.union(tasks)).nullish() })).min(1), {
    io: "input",
  });
};
