import { z } from "zod";
import type { Action } from "../model/action.ts";
import type { HostPlan } from "../model/plan.ts";
import { actionData, parseAction } from "./action-data.ts";
import { failureShape, findingShape, readBy } from "./report-data.ts";

const text = z.string();
const findings = z.array(findingShape);

const planned = z.strictObject({
  kind: z.literal("planned"),
  actions: z.array(readBy<Action>(parseAction, "an action")),
  needs: z.array(text),
  findings,
  unproven: z.array(text),
  needsRoot: z.boolean(),
  unheld: z.array(text),
  unheldReverts: z.boolean(),
});

/** The form of `planData`, which it gives back as the plan. */
export const planShape = z.discriminatedUnion("kind", [
  planned,
  z.strictObject({ kind: z.literal("refused"), failures: z.tuple([failureShape], failureShape), findings }),
  z.strictObject({ kind: z.literal("skipped"), because: text, findings }),
]);

/** A host's plan as JSON, with the texts of its files. */
export const planData = (plan: HostPlan): object =>
  plan.kind === "planned" ? { ...plan, actions: plan.actions.map((one) => actionData(one, { texts: true })) } : plan;
