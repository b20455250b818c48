import { findTrial } from "../../history/find-trial.ts";
import { refuse, say } from "../console.ts";
import { withKeptOptions } from "../kept-options.ts";
import type { FleetOptions } from "../options.ts";
import { stateFolder } from "../state-folder.ts";
import { applyPlaybook, needsExtraVars } from "./apply.ts";

/** `persist RUN`: the play of a trial again, on the hosts of the trial, this time with its files. */
export const persist = async (options: FleetOptions, run: string): Promise<number> => {
  const found = await findTrial(stateFolder(), run);
  if (found.kind === "problems") return refuse(found.problems);
  const { record, hosts, ends } = found.value;
  if (needsExtraVars(record.hadExtraVars, options, record.run)) return 1;
  const ended = ends <= Date.now();
  say(
    `trial ${record.run} of ${record.playbook}${ended ? ": it has ended, its hosts have their old values again; they are set anew" : ""}`,
  );
  return applyPlaybook(withKeptOptions(options, record.options), record.playbook, {
    command: "persist",
    only: { names: new Set(hosts), of: "the run" },
  });
};
