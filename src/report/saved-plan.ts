import { foldNames } from "../inventory/fold.ts";
import type { SavedHost, SavedPlan } from "../plan/saved-plan.ts";
import { printable } from "./escape.ts";
import { notPutBack } from "./not-put-back.ts";
import { plural } from "./text.ts";

/** What a saved plan is going to change, where it was written and where it is applied. `file`: its name, as it was given. */
export const savedPlanSummary = (plan: SavedPlan, file: string): readonly string[] => {
  const hosts = plan.hosts.map((host) => ({ name: host.name, actions: actionsOf(host) }));
  const changing = hosts.filter(({ actions }) => actions.length > 0);
  const count = changing.reduce((sum, { actions }) => sum + actions.length, 0);
  const rest = hosts.length - changing.length;
  return [
    `${printable(file)}: plan ${plan.run} of ${printable(plan.playbook)}, made ${new Date(plan.made).toISOString().replace(/\.\d+/, "")}`,
    changing.length === 0
      ? `nothing to change on ${plural(hosts.length, "host")}`
      : `${plural(count, "change")} on ${plural(changing.length, "host")}: ${foldNames(changing.map(({ name }) => name))}${rest === 0 ? "" : `; ${plural(rest, "host")} without changes`}`,
    ...notPutBack(changing),
  ];
};

const actionsOf = ({ plans }: SavedHost) => plans.flatMap(({ plan }) => (plan.kind === "planned" ? plan.actions : []));
