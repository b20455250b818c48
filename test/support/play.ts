import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostName } from "../../src/model/brand.ts";
import type { Host } from "../../src/model/host.ts";
import type { Checked } from "../../src/model/problem.ts";
import { type CompiledPlay, compilePlay, type TemplateSources } from "../../src/plan/compile.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";

const shippedFolder = join(import.meta.dirname, "../../templates");

/** The shipped templates, as a play finds them by name; and two small ones that tests use. */
const templates = (): TemplateSources =>
  new Map([
    ...readdirSync(shippedFolder).map((src) => {
      const file = join(shippedFolder, src);
      return [src, { file, text: readFileSync(file, "utf8") }] as const;
    }),
    ["with-var.hbs", { file: "with-var.hbs", text: "# {{vars.owner_team}}\n" }],
    ["max.hbs", { file: "max.hbs", text: "net.netfilter.nf_conntrack_max = {{conntrack.max}}\n" }],
    ["hashsize.hbs", { file: "hashsize.hbs", text: "options nf_conntrack hashsize={{conntrack.buckets}}\n" }],
  ]);

/** A play with these tasks (YAML, indented as it stands under `tasks:`), for all hosts. */
export const compiledPlay = (tasks: string): CompiledPlay => {
  const body = tasks.split("\n").map((line) => `    ${line}`);
  return compiledPlays({
    file: "test.yaml",
    text: ["- name: test", "  hosts: all", "  tasks:", ...body, ""].join("\n"),
  })[0]!;
};

/** Every play of a playbook; problems in it fail the test with their texts. */
export const compiledPlays = (source: { readonly file: string; readonly text: string }): readonly CompiledPlay[] =>
  valid(parsePlaybook(source)).plays.map((play) => valid(compilePlay(play, templates())));

/** The value, or an error with every problem in it. */
export const valid = <T>(checked: Checked<T>): T => {
  if (checked.kind === "ok") return checked.value;
  throw new Error(
    checked.problems
      .map(({ at, path, message }) => `${at.file}:${at.line}:${at.column} ${path}: ${message}`)
      .join("\n"),
  );
};

export const aHost: Host = {
  name: "web1" as HostName,
  groups: ["web"],
  vars: {},
  connection: {
    address: "192.0.2.1",
    port: 22,
    user: undefined,
    privateKeyFile: undefined,
    password: undefined,
    timeout: undefined,
    transport: undefined,
    sshOptions: [],
    sshConfigFile: undefined,
    become: undefined,
    becomeUser: undefined,
    becomeMethod: undefined,
    becomePassword: undefined,
    becomeExe: undefined,
    becomeFlags: [],
    root: "",
    lab: false,
  },
};
