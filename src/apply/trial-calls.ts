import type { NonEmpty, RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import { liveWord } from "./live-calls.ts";
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
    trialEndPart,
    `put_all_back() {\n${putBack(live).join("\n")}\n}`,
    'trial "$@"\n',
  ].join("\n");
  return orStop(sh(["arm_trial", String(live[0].number), String(seconds), script]));
};

/** In the opposite order: what grew first shrinks last. Whether max may go back is weighed before anything is put back. */
const putBack = (live: readonly LiveStep[]): readonly string[] => [
  ...live.filter(isMax).map((step) => `weigh ${words(step)}`),
  ...live.toReversed().map((step) => {
    const { action } = step;
    const name = action.kind === "set" ? action.key : "hashsize";
    return `put_back ${words(step)} ${sh([name, isMax(step) || action.kind === "set_hashsize" ? "size" : "value"])}`;
  }),
];

const words = (step: LiveStep): string =>
  `${step.number} ${liveWord(step)} ${sh([String(step.action.from), String(step.action.to)])}`;

/** Every name that the table's limit ever had. */
const isMax = ({ action }: LiveStep): boolean =>
  action.kind === "set" && /^net\.(netfilter\.|ipv4\.|ipv4\.netfilter\.)?(nf|ip)_conntrack_max$/.test(action.key);

export const checkEnd = ({ number, action }: TrialStep): string => sh(["check_end", String(number), action.run]);

/** Manifest: `trial STEP RUN`; its line is moved into the backup as `trial`. */
export const saveEnd = ({ number, action }: TrialStep): string => save(number, `trial ${number} ${action.run}`);

export const endTrial = ({ number, action }: TrialStep): string =>
  orStop(sh(["end_trial", String(number), action.run]));
