import { stepQuestion } from "../report/step-question.ts";
import type { NextBatch, StepAnswer } from "../rollout/apply-options.ts";
import { askText } from "./ask.ts";

/** `--step`: asks before a batch. Nothing typed, the end of input and a stop are no. */
export const askStep =
  (stop: AbortSignal) =>
  async (batch: NextBatch): Promise<StepAnswer> => {
    const answer = ((await askText(stepQuestion(batch), stop)) ?? "").trim().toLowerCase();
    if (["y", "yes"].includes(answer)) return "yes";
    return ["c", "continue"].includes(answer) ? "rest" : "no";
  };
