import { sh } from "../remote/quote.ts";
import { moduleList, moduleName } from "./module-name.ts";
import { orStop, type ServiceStep, save } from "./step.ts";
import { saveThen, thenCalls, thenValues } from "./then-calls.ts";

/** Calls for modules and for the firewall, as modules.sh and firewall.sh take them. */
export const checkService = ({ number, action }: ServiceStep): string => {
  const step = String(number);
  switch (action.kind) {
    case "load_module":
      return sh(["check_load", step, moduleName(action.module), thenValues(action.then).length > 0 ? "yes" : ""]);
    case "unload_modules":
      return sh(["check_unload", step, moduleList(action.modules)]);
    case "reload_modules":
      return sh(["check_held", step, moduleList(action.unload)]);
    case "restart_firewall":
      return sh(["check_restart", step, action.service, action.evenIf.includes("rules_differ") ? "yes" : ""]);
  }
};

/** Manifest: `load_module STEP NAME`, `unload_modules STEP NAME...`, `reload_modules STEP NAME...`, `restart_firewall STEP NAME`. */
export const saveService = ({ number, action }: ServiceStep): readonly string[] => {
  const line = (words: readonly string[]): string => save(number, [action.kind, number, ...words].join(" "));
  switch (action.kind) {
    case "load_module":
      return [orStop(line([moduleName(action.module)])), ...saveThen(number, action.then)];
    case "unload_modules":
      return [orStop(line(action.modules.map(moduleName))), `keep_values ${number}`];
    case "reload_modules":
      return [orStop(line(action.unload.map(moduleName))), ...saveThen(number, action.then)];
    case "restart_firewall":
      return [
        orStop(line([action.service])),
        ...saveThen(number, action.then),
        sh(["keep_rules", String(number), action.service, "before"]),
      ];
  }
};

/** What is done, and after it the values that it did not bring; those are set too where it failed half way. */
export const changeService = (step: ServiceStep): readonly string[] => [`begin ${step.number}`, ...change(step)];

const change = ({ number, action }: ServiceStep): readonly string[] => {
  const step = String(number);
  switch (action.kind) {
    case "load_module":
      return thenOrStop(sh(["load_module", step, moduleName(action.module)]), number, action);
    case "unload_modules":
      return [orStop(sh(["unload_modules", step, moduleList(action.modules)]))];
    case "reload_modules":
      return thenOrStop(
        sh(["reload_modules", step, moduleList(action.unload), moduleList(action.load)]),
        number,
        action,
      );
    case "restart_firewall":
      return thenOrStop(sh(["restart_firewall", step, action.service]), number, action, [
        sh(["keep_rules", step, action.service, "after"]),
      ]);
  }
};

const thenOrStop = (
  call: string,
  number: number,
  { then }: Extract<ServiceStep["action"], { then: unknown }>,
  after: readonly string[] = [],
): readonly string[] => [
  "outcome=0",
  `${call} || outcome=1`,
  ...after,
  ...thenCalls(number, then),
  orStop('[ "$outcome" = 0 ]'),
];
