import type { StepResult } from "./result.ts";

/** Characters of a tool's error text that are kept. */
const errorCap = 500;

/** A step's result as the script says it: its first word, and the rest, which is data. Undefined where it makes no sense. */
export const hearStepResult = (kind: string, rest: string): StepResult | undefined => {
  switch (kind) {
    case "done":
    case "already":
      return { kind };
    case "failed":
      return { kind, error: cap(rest) };
    case "differs":
      return { kind, found: cap(rest) };
    case "busy":
      return busy(rest);
    default:
      return undefined;
  }
};

/** `MODULE REFERENCES USERS WORDS`; users have commas between them, or are `-`. */
const busy = (text: string): StepResult | undefined => {
  const [, module, references, users, error] = /^([\w-]{1,64}) (\d{1,9}) (\S*) ([^]*)$/.exec(text) ?? [];
  if (module === undefined || users === undefined || error === undefined) return undefined;
  const holders = users === "-" || users === "" ? [] : cap(users).split(",");
  return { kind: "busy", module, references: Number(references), holders, error: cap(error) };
};

export const splitWord = (text: string): readonly [string, string] => {
  const end = text.indexOf(" ");
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
};

export const cap = (text: string): string => text.trimEnd().slice(0, errorCap);
