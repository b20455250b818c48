import { z } from "zod";
import { durationSeconds } from "../model/duration.ts";
import { show } from "./schema-parts.ts";

/** Text like `10m`, from the first to the last of two such texts. */
export const duration = (least: string, most: string) => {
  const expected = {
    error: (issue: { readonly input?: unknown }) =>
      `expected a duration from ${least} to ${most}, like 90s or 10m, found ${show(issue.input)}`,
  };
  return z.string(expected).refine((text) => {
    const [seconds, low, high] = [text, least, most].map(durationSeconds);
    return seconds !== undefined && low !== undefined && high !== undefined && seconds >= low && seconds <= high;
  }, expected);
};

/** Milliseconds of a duration that its schema let pass. */
export const milliseconds = (text: string): number => {
  const seconds = durationSeconds(text);
  if (seconds === undefined) throw new Error(`no duration: ${text}`);
  return seconds * 1000;
};
