import { configLines, nextBootMax, writtenHashsize } from "../conntrack/config.ts";
import { guardTable } from "../conntrack/guard.ts";
import type { ConfigLine, Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { ConntrackTask } from "../model/play.ts";

/** The memory guard for what the next boot gives; `lines` are those of the host once the files of the plan are in place. */
export const guardNextBoot = (task: ConntrackTask, facts: Facts, lines: readonly ConfigLine[]): Failure | undefined => {
  if (task.size === undefined) return undefined;
  const next = nextBootMax(facts, lines);
  if (next === undefined) return undefined;
  const stands = nextBootMax(facts, configLines(facts))?.max === next.max;
  const refused = guardTable({ rule: task.size, facts, max: next.max, buckets: writtenHashsize(lines) ?? 0, stands });
  if (refused === undefined) return undefined;
  return { code: "refused_by_guard", detail: `after the next boot ${refused} (${next.because})`, sent: false };
};
