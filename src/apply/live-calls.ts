import { sh } from "../remote/quote.ts";
import { hashsizeWord, keyWord, type LiveStep, save } from "./step.ts";

/** Calls for live values, as check.sh and live.sh take them. */
export const surveyLive = (words: readonly string[]): string => ["survey_live", ...words].join(" ");

export const checkLive = (step: LiveStep): string =>
  `check_live ${step.number} ${liveWord(step)} ${sh([String(step.action.to), String(step.action.from)])}`;

/** Manifest: `hashsize STEP VALUE`, `set STEP KEY VALUE`. */
export const saveLive = ({ number, action }: LiveStep): string =>
  save(
    number,
    action.kind === "set" ? `set ${number} ${action.key} ${action.from}` : `hashsize ${number} ${action.from}`,
  );

export const setLive = (step: LiveStep): string => call("set_live", step);
export const tellLive = (step: LiveStep): string => call("tell_live", step);

const call = (name: string, step: LiveStep): string =>
  `${name} ${step.number} ${liveWord(step)} ${sh([String(step.action.to)])}`;

export const liveWord = ({ action }: LiveStep): string => (action.kind === "set" ? keyWord(action.key) : hashsizeWord);
