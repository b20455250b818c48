import type { Compiled } from "../expr/compile.ts";
import type { ExpressionContext } from "../expr/environment.ts";
import { evaluate } from "../expr/evaluate.ts";
import type { CompiledTask } from "./compile.ts";

/** Tasks whose `when` is true. One that cannot be worked out is left out, and said. */
export const chosen = (tasks: readonly CompiledTask[], context: ExpressionContext) => {
  const undecided: string[] = [];
  const holds = ({ task, when }: CompiledTask): boolean =>
    when.every((condition) => {
      const verdict = evaluate(condition, context);
      if (verdict.kind === "unknown") undecided.push(`${task.name}: ${verdict.because}`);
      return verdict.kind === "true";
    });
  return { tasks: tasks.filter(holds), undecided };
};

/** What `verify` tasks come to. `reverts`: a change after which one of these does not hold is put back. */
type Checks = { readonly unheld: readonly string[]; readonly reverts: boolean };

/** Checks of verify tasks that are not true here; one that is unknown is not true. */
export const checks = (tasks: readonly CompiledTask[], context: ExpressionContext): Checks => {
  const found = tasks.map(({ task, that }) => ({ task, unheld: that.flatMap((check) => unheldOf(check, context)) }));
  return {
    unheld: found.flatMap(({ unheld }) => unheld),
    reverts: found.some(
      ({ task, unheld }) => unheld.length > 0 && task.kind === "verify" && task.otherwise === "revert",
    ),
  };
};

const unheldOf = (check: Compiled, context: ExpressionContext): readonly string[] => {
  const verdict = evaluate(check, context);
  if (verdict.kind === "true") return [];
  return [`${check.expression.text}${verdict.kind === "unknown" ? `: not known, ${verdict.because}` : ""}`];
};
