import type { BootId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { isOtherKey, readUntil } from "./read-again.ts";
import type { PlannedSurvey, Survey, Target, Walk } from "./survey.ts";

/** What one look at a host that reboots gave. */
type Look =
  | { readonly kind: "boot"; readonly boot: BootId; readonly survey: PlannedSurvey }
  /** It answers, and its boot cannot be told: `because` is host data. */
  | { readonly kind: "no_boot"; readonly because: string }
  | { readonly kind: "failed"; readonly failure: Failure };

export type Awaited =
  | { readonly kind: "found"; readonly boot: BootId; readonly survey: PlannedSurvey }
  /** It shows another host key: nobody logs in there, and waiting ends at once. */
  | { readonly kind: "other_key"; readonly failure: Failure }
  /** The time is over: how often it was looked for, and what the last look gave. */
  | { readonly kind: "over"; readonly tries: number; readonly last: Look };

type Wait = {
  /** On the walk's clock; the last look begins then at the latest. */
  readonly until: number;
  /** Is this the boot that is waited for? */
  readonly isIt: (boot: BootId) => boolean;
};

/** Looks again and again until the host answers in the boot that is waited for. */
export const awaitBoot = async (target: Target, { until, isIt }: Wait, walk: Walk): Promise<Awaited> => {
  const isEnough = (survey: Survey): boolean => {
    const seen = lookOf(survey);
    return seen.kind === "boot" && isIt(seen.boot);
  };
  const { survey, tries } = await readUntil(target, { until, isEnough }, walk);
  if (isOtherKey(survey)) return { kind: "other_key", failure: survey.failure };
  const last = lookOf(survey);
  return last.kind === "boot" && isIt(last.boot) ? { ...last, kind: "found" } : { kind: "over", tries, last };
};

const lookOf = (survey: Survey): Look => {
  if (survey.kind === "failed") return survey;
  const { boot } = survey;
  if (boot.kind === "read") return { kind: "boot", boot: boot.value, survey };
  return { kind: "no_boot", because: boot.kind === "absent" ? "no such file" : boot.because };
};
