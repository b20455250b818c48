import { sh } from "../remote/quote.ts";
import { moduleList, moduleName } from "./module-name.ts";
import { isMaxName, sizeOrValue } from "./size-name.ts";
import type { ServiceStep } from "./step.ts";
import { thenValues } from "./then-calls.ts";

/** Calls that put modules, rules and the values after them back, as revert-services.sh and revert-rules.sh take them. */
export const backService = ({ number, action }: ServiceStep): readonly string[] => {
  const step = String(number);
  switch (action.kind) {
    case "load_module":
      return [sh(["back_load", step, moduleName(action.module)])];
    case "unload_modules":
      return [sh(["back_unload", step, moduleList(action.modules.toReversed())])];
    case "reload_modules":
      return backThen(number, action);
    case "restart_firewall":
      return [sh(["back_rules", step, action.service]), ...backThen(number, action)];
  }
};

/** What a table's limit was before a reload is weighed like any other. */
export const weighService = ({ number, action }: ServiceStep): readonly string[] =>
  "then" in action
    ? values(number, action)
        .filter(({ name }) => isMaxName(name))
        .map(({ id, word }) => `weigh_then ${id} ${word}`)
    : [];

const backThen = (number: number, action: WithValues): readonly string[] =>
  values(number, action)
    .toReversed()
    .map(({ id, word, to, name }) => `back_then ${id} ${word} ${sh([to, name, sizeOrValue(name)])}`);

type WithValues = Extract<ServiceStep["action"], { then: unknown }>;

const values = (number: number, { then }: WithValues) =>
  thenValues(then).map((value, at) => ({ ...value, id: `${number}_${at + 1}` }));
