import type { Facts } from "../model/facts.ts";
import type { SizeRule } from "../model/play.ts";
import { kernelMemory, objectSize, tableBytes } from "./memory.ts";

/** The share of memory that a full table may take where a play says nothing. */
export const defaultGuard = 0.25;

// A table that passed the guard yesterday must pass it when memory reads a percent less today.
const slackForWhatStands = 1.1;

/**
 * Refuses a table that would take more than the guard's share of memory when full; with the numbers. `stands`: the host
 * has this table already, so nothing is made worse within some slack.
 */
export const guardTable = (input: {
  readonly rule: Pick<SizeRule, "guard">;
  readonly facts: Facts;
  readonly max: number;
  readonly buckets: number;
  readonly stands: boolean;
}): string | undefined => {
  const memory = kernelMemory(input.facts);
  if (memory === undefined) return "the memory size was not read, so the guard cannot be checked";
  // Nor must it fail because somebody who may not read the size of an entry looks at it.
  const bytes = tableBytes(input.facts, input, input.stands ? objectSize(input.facts).atLeast : undefined);
  if (bytes <= memory * input.rule.guard * (input.stands ? slackForWhatStands : 1)) return undefined;
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  return (
    `a full table of ${input.max} entries in ${input.buckets} buckets takes ${mebibytes(bytes)}, ` +
    `${percent(bytes / memory)} of ${mebibytes(memory)}; the guard allows ${percent(input.rule.guard)}`
  );
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
