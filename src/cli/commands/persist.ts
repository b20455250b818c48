import { findTrial } from "../../history/trials.ts";
import { refuse, say } from "../console.ts";
import type { FleetOptions } from "../options.ts";
import { stateFolder } from "../state-folder.ts";
import { withTrialOptions } from "../trial.ts";
import { apply } from "./apply.ts";

/** `persist RUN`: the play of a trial again, on the hosts of the trial, this time with its files. */
export const persist = async (options: FleetOptions, run: string): Promise<number> => {
  const found = await findTrial(stateFolder(), run);
  if (found.kind === "problems") return refuse(found.problems);
  const trial = found.value;
  if (trial.hadExtraVars && options.extraVars === undefined) {
    say(`ctfleet: trial ${trial.run} was given variables with -e, which are not kept: give the same again`);
    return 1;
  }
  const ended = trial.ends <= Date.now();
  say(
    `trial ${trial.run} of ${trial.playbook}${ended ? ": it has ended, its hosts have their old values again; they are set anew" : ""}`,
  );
  return apply(withTrialOptions(options, trial), trial.playbook, {
    command: "persist",
    only: new Set(trial.hosts),
  });
};
