import { progressOf } from "../../history/progress-of.ts";
import { findRun } from "../../history/run-log.ts";
import { changeFleet } from "../change-fleet.ts";
import { refuse, say, tolerateClosedPipes } from "../console.ts";
import { withKeptOptions } from "../kept-options.ts";
import type { FleetOptions } from "../options.ts";
import { readPlan } from "../plan-file.ts";
import { type Only, preparePlays } from "../prepare.ts";
import { stateFolder } from "../state-folder.ts";
import { check } from "./check.ts";

/** How an apply was asked for: by `persist`, or for some hosts alone. */
type Asked = { readonly command: "apply" | "persist"; readonly only?: Only };

/** `apply`: of a playbook, of a saved plan, or of the hosts that an earlier run did not make. */
export const apply = async (options: FleetOptions, playbook: string | undefined): Promise<number> => {
  const { plan, retryFailed } = options;
  const ways = [playbook, plan, retryFailed].filter((one) => one !== undefined);
  if (ways.length === 0 || (plan !== undefined && ways.length > 1)) {
    say("ctfleet: apply takes a PLAYBOOK, or --plan FILE, or --retry-failed RUN");
    return 1;
  }
  if (options.check === true && plan === undefined && playbook !== undefined) return check("plan", options, playbook);
  if (options.check === true) {
    say("ctfleet: --check takes a PLAYBOOK: use plan");
    return 1;
  }
  if (plan !== undefined) return applySaved(options, plan);
  if (retryFailed !== undefined) return retry(options, playbook, retryFailed);
  return applyPlaybook(options, String(playbook), { command: "apply" });
};

/** From the playbook's text to the exit code. */
export const applyPlaybook = async (
  options: FleetOptions,
  playbook: string,
  { command, only }: Asked,
): Promise<number> => {
  tolerateClosedPipes();
  const prepared = await preparePlays(options, playbook, only);
  return prepared === 1 ? 1 : changeFleet({ command, playbook, prepared }, options);
};

/** Exactly what was saved, with the batches, budget and checks of the playbook, which must be the same still. */
const applySaved = async (options: FleetOptions, file: string): Promise<number> => {
  const saved = await readPlan(file);
  if (saved.kind === "problems") return refuse(saved.problems);
  const { plan } = saved.value;
  tolerateClosedPipes();
  const with_ = withKeptOptions(options, plan.options);
  const prepared = await preparePlays(with_, plan.playbook, {
    names: new Set(plan.hosts.map(({ name }) => name)),
    of: "the plan",
  });
  if (prepared === 1) return 1;
  if (prepared.digest !== plan.digest) {
    say(`ctfleet: ${plan.playbook} or what it reads has changed since ${file} was made: make a new plan`);
    return 1;
  }
  return changeFleet({ command: "apply", playbook: plan.playbook, prepared, saved: saved.value }, with_);
};

/** The hosts that an earlier run did not make, with its playbook unless another one is given. */
const retry = async (options: FleetOptions, playbook: string | undefined, run: string): Promise<number> => {
  const found = await findRun(stateFolder(), run);
  if (found.kind === "problems") return refuse(found.problems);
  const { record, entries } = found.value;
  if (record.of !== undefined) {
    say(`ctfleet: run ${record.run} was a rollback, and nothing is applied for it: ctfleet rollback ${record.of}`);
    return 1;
  }
  const { notMade } = progressOf(record, entries);
  if (notMade.length === 0) {
    say(`run ${record.run} made all of its hosts: there is nothing to try again`);
    return 0;
  }
  if (needsExtraVars(record.hadExtraVars, options, record.run)) return 1;
  return applyPlaybook(withKeptOptions(options, record.options), playbook ?? record.playbook, {
    command: "apply",
    only: { names: new Set(notMade), of: "the run" },
  });
};

/** Variables of `-e` are not written down: whoever goes on with a run must give them again. */
export const needsExtraVars = (had: boolean, { extraVars }: FleetOptions, run: string): boolean => {
  if (!had || extraVars !== undefined) return false;
  say(`ctfleet: run ${run} was given variables with -e, which are not kept: give the same again`);
  return true;
};
