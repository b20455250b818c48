import { z } from "zod";
import { becomeMethods } from "../model/host.ts";
import { rollingShape } from "./rolling.ts";
import { closed, flag, line, notYet, oneOrMore, show } from "./schema-parts.ts";
import { taskHead, taskKinds } from "./written-tasks.ts";

const later = [
  ...["vars_prompt", "tags", "pre_tasks", "post_tasks", "handlers", "roles", "gather_facts", "strategy"],
  ...["environment", "remote_user", "port", "import_playbook"],
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
  ...rollingShape,
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
