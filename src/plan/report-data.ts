import { z } from "zod";
import { hostName } from "../inventory/names.ts";
import type { Action } from "../model/action.ts";
import { type Failure, type FailureCode, failedCodes, unreachableCodes } from "../model/failure.ts";
import { type Finding, severities } from "../model/finding.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import { type ActionData, actionData, parseAction } from "./action-data.ts";

/** A part of data that another function reads; what it does not know fails the whole. */
export const readBy = <T>(read: (data: unknown) => T | undefined, what: string) =>
  z.unknown().transform((data, context): T => {
    const value = read(data);
    if (value !== undefined) return value;
    context.addIssue(`expected ${what}`);
    return z.NEVER;
  });

const text = z.string();
const action = readBy<Action>(parseAction, "an action");
const actions = z.array(action);
const someActions = z.tuple([action], action);
const codes: readonly FailureCode[] = [...unreachableCodes, ...failedCodes];

export const hostNameShape = readBy((data) => (typeof data === "string" ? hostName(data) : undefined), "a host name");
export const failureShape: z.ZodType<Failure> = z.strictObject({
  code: z.enum(codes),
  detail: text,
  sent: z.boolean(),
});
export const findingShape: z.ZodType<Finding> = z.strictObject({
  code: text,
  severity: z.enum(severities),
  title: text,
  evidence: text,
  remedy: text,
});

const kind = <Name extends Outcome["kind"], Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ kind: z.literal(name), ...shape });
const failed = { failure: failureShape, actions };

const outcomeShape = z.discriminatedUnion("kind", [
  kind("compliant", {}),
  kind("changed", {
    actions: someActions,
    trial: z.number().exactOptional(),
    undone: z.literal(true).exactOptional(),
  }),
  kind("drifted", { actions, needs: z.array(text), done: someActions.exactOptional() }),
  kind("failed", failed),
  kind("unreachable", failed),
  kind("reverted", failed),
  kind("unknown", failed),
  kind("not_attempted", { because: text, actions }),
  kind("skipped", { because: text }),
]);

const reportShape = z.strictObject({
  name: hostNameShape,
  outcome: outcomeShape,
  findings: z.array(findingShape),
});

/** How a host ended, as JSON: outcome, findings and actions without texts of files. */
export const reportData = ({ name, outcome, findings }: HostReport): object => ({
  name,
  outcome: outcomeData(outcome),
  findings,
});

const outcomeData = (outcome: Outcome): object => {
  switch (outcome.kind) {
    case "compliant":
    case "skipped":
      return outcome;
    case "drifted":
      return {
        ...outcome,
        actions: withoutTexts(outcome.actions),
        ...(outcome.done === undefined ? {} : { done: withoutTexts(outcome.done) }),
      };
    case "changed":
    case "failed":
    case "unreachable":
    case "reverted":
    case "unknown":
    case "not_attempted":
      return { ...outcome, actions: withoutTexts(outcome.actions) };
  }
};

const withoutTexts = (all: readonly Action[]): readonly ActionData[] =>
  all.map((one) => actionData(one, { texts: false }));

/** The report of `reportData`. Undefined where this version would not have written it. */
export const parseReport = (data: unknown): HostReport | undefined => {
  const parsed = reportShape.safeParse(data);
  return parsed.success ? parsed.data : undefined;
};
