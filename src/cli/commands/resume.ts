import { userInfo } from "node:os";
import { type Continued, continueJournal } from "../../history/journal.ts";
import { progressOf } from "../../history/progress-of.ts";
import { rolledBackBy } from "../../history/run-log.ts";
import { changeFleet } from "../change-fleet.ts";
import { refuse, say, tolerateClosedPipes } from "../console.ts";
import { withKeptOptions } from "../kept-options.ts";
import type { FleetOptions } from "../options.ts";
import { recordedPlan } from "../plan-file.ts";
import { preparePlays } from "../prepare.ts";
import { stateFolder } from "../state-folder.ts";
import { needsExtraVars } from "./apply.ts";
import { rollbackOf } from "./rollback.ts";

/** `resume RUN`: goes on with a run that was cut off, as the same run, with the playbook that it was started with. */
export const resume = async (options: FleetOptions, run: string): Promise<number> => {
  tolerateClosedPipes();
  const continued = await continueJournal(stateFolder(), run, { user: userInfo().username, now: Date.now });
  if (continued.kind === "problems") return refuse(continued.problems);
  try {
    return await goOn(options, continued.value);
  } finally {
    await continued.value.journal.close();
  }
};

const goOn = async (given: FleetOptions, continued: Continued): Promise<number> => {
  const { record, entries } = continued.log;
  const { ended } = progressOf(record, entries);
  if (ended !== undefined) {
    say(`ctfleet: run ${record.run} came to its end with exit ${ended}: there is nothing to go on with`);
    const again = record.of === undefined ? `apply --retry-failed ${record.run}` : `rollback ${record.of}`;
    if (ended !== 0) say(`its hosts that did not make it: ctfleet ${again}`);
    return 1;
  }
  const back = await rolledBackBy(stateFolder(), record.run);
  if (back !== undefined) {
    say(`ctfleet: run ${record.run} was put back by ${back}: apply ${record.playbook} as a new run`);
    return 1;
  }
  if (needsExtraVars(record.hadExtraVars, given, record.run)) return 1;
  const options = { ...withKeptOptions(given, record.options), ...trialOf(record.trial) };
  if (record.of !== undefined) return rollbackOf(options, { of: record.of, continued });
  const saved = await recordedPlan(record);
  if (saved.kind === "problems") return refuse(saved.problems);
  const prepared = await preparePlays(options, record.playbook, { names: new Set(record.hosts), of: "the run" });
  if (prepared === 1) return 1;
  if (prepared.digest !== record.digest) {
    say(
      `ctfleet: ${record.playbook} or what it reads has changed since run ${record.run} began; put it back, or apply it as a new run`,
    );
    return 1;
  }
  return changeFleet(
    { command: "resume", playbook: record.playbook, prepared, continued, saved: saved.value },
    options,
  );
};

const trialOf = (trial: number | undefined): Pick<FleetOptions, "trial"> => (trial === undefined ? {} : { trial });
