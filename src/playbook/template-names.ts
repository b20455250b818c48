import type { Playbook } from "../model/play.ts";
import type { Position } from "../model/problem.ts";

/** Every template that a playbook uses, in the order of its tasks, each with the place of its task. */
export const templateNames = ({ plays }: Playbook): readonly { readonly src: string; readonly at: Position }[] =>
  plays.flatMap(({ tasks }) =>
    tasks.flatMap((task) => (task.kind === "template" ? [{ src: task.src, at: task.at }] : [])),
  );
