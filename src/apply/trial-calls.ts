import type { NonEmpty, RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import framePart from "./frame.sh";
import { backLive, isMax, weighLive } from "./live-back.ts";
import putBackPart from "./put-back.sh";
import { type LiveStep, orStop, save, type TrialStep } from "./step.ts";
import trialEndPart from "./trial-end.sh";

/** Seconds that a trial may last: a quarter of a year; a timer that nobody remembers is no trial. */
const longest = 90 * 24 * 3600;

type Trial = {
  readonly seconds: number;
  readonly run: RunId;
  readonly root: string;
  readonly live: NonEmpty<LiveStep>;
};

export const checkTrial = (live: NonEmpty<LiveStep>): string => `check_trial ${live[0].number}`;

/** Has the host wait before the first value is set. Throws on a number of seconds that is no trial. */
export const armTrial = ({ seconds, run, root, live }: Trial): string => {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longest) throw new Error(`no trial: ${seconds} seconds`);
  const script = [
    `run=${quote(run)} root=${quote(root)}`,
    framePart,
    putBackPart,
    trialEndPart,
    `put_all_back() {\n${putBack(live).join("\n")}\n}`,
    'trial "$@"\n',
  ].join("\n");
  return orStop(sh(["arm_trial", String(live[0].number), String(seconds), script]));
};

/** In the opposite order: what grew first shrinks last. Whether max may go back is weighed before anything is put back. */
const putBack = (live: readonly LiveStep[]): readonly string[] => [
  ...live.filter(isMax).map(weighLive),
  ...live.toReversed().map(backLive),
];

export const checkEnd = ({ number, action }: TrialStep): string => sh(["check_end", String(number), action.run]);

/** Manifest: `trial STEP RUN`; its line is moved into the backup as `trial`. */
export const saveEnd = ({ number, action }: TrialStep): string => save(number, `trial ${number} ${action.run}`);

export const endTrial = ({ number, action }: TrialStep): string =>
  orStop(sh(["end_trial", String(number), action.run]));
