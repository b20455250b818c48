import type { Facts } from "../model/facts.ts";
import { rememberFor } from "../model/remember.ts";
import { type Edits, withEdits } from "./boot/edits.ts";
import { bootOf } from "./boot/predict-boot.ts";
import { restartOf } from "./boot/predict-restart.ts";
import type { Prediction } from "./boot/prediction.ts";

export type { Predicted, Prediction } from "./boot/prediction.ts";

/** The host's facts once these files have these texts (`undefined`: gone). */
export const factsAfter = (facts: Facts, edits: Edits): Facts => withEdits(facts, edits);

/** After the next boot. */
export const predictBoot: (facts: Facts) => Prediction = rememberFor(bootOf);

const restart = rememberFor((facts: Facts) => ({ prediction: restartOf(facts) }));

/** After the next restart of the firewall service; undefined where no such service is in use. */
export const predictRestart = (facts: Facts): Prediction | undefined => restart(facts).prediction;
