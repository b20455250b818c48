import { createHash } from "node:crypto";
import { z } from "zod";
import { foldNames } from "../inventory/fold.ts";
import type { Action } from "../model/action.ts";
import { asciiJson } from "../model/ascii-json.ts";
import type { BootId, HostName, RunId } from "../model/brand.ts";
import { hide } from "../model/hide.ts";
import { type Checked, checked, type Problem, problemOf } from "../model/problem.ts";
import { bootId, runId } from "./action-data.ts";
import { planData, planShape } from "./plan-data.ts";
import { hostNameShape } from "./report-data.ts";
import type { PlayedPlan } from "./state-hash.ts";

/** What `plan --out` leaves for `apply --plan`. */
export type SavedPlan = {
  readonly run: RunId;
  /** Milliseconds since 1970, by this machine's clock: for people, no decision hangs on it. */
  readonly made: number;
  /** Absolute. */
  readonly playbook: string;
  /** As in `RunRecord`. */
  readonly digest: string;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly hosts: readonly SavedHost[];
};

export type SavedHost = {
  readonly name: HostName;
  readonly boot: BootId | undefined;
  /** `stateHash` of its plans. */
  readonly state: string;
  readonly plans: readonly PlayedPlan[];
};

const schema = 1;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const again = "make a new one with ctfleet plan --out FILE";

const bodyShape = z.strictObject({
  run: runId,
  made: z.number(),
  playbook: z.string(),
  digest: z.string(),
  seed: z.number(),
  options: z.record(z.string(), z.unknown()),
  hosts: z.array(
    z.strictObject({
      name: hostNameShape,
      boot: bootId.nullable().transform((boot) => boot ?? undefined),
      state: sha256,
      plans: z.array(z.strictObject({ play: z.int().nonnegative(), plan: planShape })),
    }),
  ),
});

/**
 * A plan as text: one line with the schema and a seal over the rest, one line with the plan. A vault's secret in the text of a
 * file is a problem: it would stand there in clear. What a file held before is shown without secrets.
 */
export const savedPlanText = (plan: SavedPlan): Checked<string> => {
  const hosts = plan.hosts.map(({ name, boot, state, plans }) => ({
    name,
    boot: boot ?? null,
    state,
    plans: plans.map((one) => ({ play: one.play, plan: planData(hidingBefore(one.plan)) })),
  }));
  const { run, made, playbook, digest, seed, options } = plan;
  const body = `${asciiJson({ run, made, playbook, digest, seed, options, hosts })}\n`;
  return checked(`${headOf(body)}${body}`, secretProblems(plan));
};

const headOf = (body: string): string =>
  `${JSON.stringify({ format: "ctfleet plan", schema, seal: createHash("sha256").update(body).digest("hex") })}\n`;

const hidingBefore = (plan: PlayedPlan["plan"]): PlayedPlan["plan"] =>
  plan.kind === "planned" ? { ...plan, actions: plan.actions.map(withoutOldSecrets) } : plan;

const withoutOldSecrets = (action: Action): Action =>
  "before" in action && action.before !== undefined
    ? { ...action, before: hide(action.before, action.secrets) }
    : action;

/** Each file once, with all hosts that it is for. */
const secretProblems = ({ hosts, playbook }: SavedPlan): readonly Problem[] => {
  const paths = new Set(hosts.flatMap((host) => secretPaths(host)));
  return [...paths].map((path) => {
    const names = hosts.filter((host) => secretPaths(host).includes(path)).map(({ name }) => name);
    const message = `${path} holds what comes out of a vault, and a saved plan would hold it in clear (on ${foldNames(names)}): apply the playbook itself, or leave these hosts out`;
    return problemOf(playbook, message);
  });
};

const secretPaths = ({ plans }: SavedHost): readonly string[] =>
  plans.flatMap(({ plan }) =>
    plan.kind !== "planned"
      ? []
      : plan.actions.flatMap((one) =>
          one.kind === "write" && hide(one.text, one.secrets) !== one.text ? [one.path] : [],
        ),
  );

/** Characters, and bytes since it is ASCII; ten thousand hosts with a file or two each stay below it. */
export const largestPlan = 128 * 1024 * 1024;

/** Reads what `savedPlanText` wrote; any other text is a problem that says what to do. */
export const parseSavedPlan = (file: string, text: string): Checked<SavedPlan> => {
  const wrong = (message: string): Checked<never> => ({
    kind: "problems",
    problems: [problemOf(file, `${message}: ${again}`)],
  });
  if (text.length > largestPlan) return wrong("is larger than any plan that ctfleet reads");
  const end = text.indexOf("\n") + 1;
  const [head, body] = [text.slice(0, end), text.slice(end)];
  const [, version] = /^\{"format":"ctfleet plan","schema":(\d{1,9}),/.exec(head) ?? [];
  if (version === undefined) return wrong("is no plan that ctfleet saved");
  if (Number(version) !== schema)
    return wrong(`is a plan of another version of ctfleet (schema ${version}, and this one reads ${schema})`);
  if (head !== headOf(body)) return wrong("was changed after it was saved: its seal does not fit");
  const plan = bodyShape.safeParse(parsedJson(body));
  return plan.success
    ? { kind: "ok", value: plan.data }
    : wrong("has another shape than this version of ctfleet reads");
};

/** Undefined where it is none: no plan either. */
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
