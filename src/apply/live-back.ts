import { sh } from "../remote/quote.ts";
import { liveWord } from "./live-calls.ts";
import { isMaxName, sizeOrValue } from "./size-name.ts";
import type { LiveStep } from "./step.ts";

/** Calls that put live values back, as put-back.sh takes them. Whether max may go back is weighed before anything is. */
export const weighLive = (step: LiveStep): string =>
  `weigh ${step.number} ${liveWord(step)} ${sh([String(step.action.from)])}`;

export const backLive = (step: LiveStep): string => {
  const { number, action } = step;
  const name = action.kind === "set" ? action.key : "hashsize";
  const values = sh([String(action.from), String(action.to), name, sizeOrValue(name)]);
  return `put_back ${number} ${liveWord(step)} ${values}`;
};

export const isMax = ({ action }: LiveStep): boolean => action.kind === "set" && isMaxName(action.key);
