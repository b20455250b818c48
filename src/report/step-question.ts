import { foldNames } from "../inventory/fold.ts";
import type { NextBatch } from "../rollout/apply-options.ts";
import { printable } from "./escape.ts";
import { outcomeCounts, plural } from "./text.ts";

/** `--step`: what is asked before a batch: what comes, and what came of those before. */
export const stepQuestion = ({ play, number, of, hosts, ended }: NextBatch): string => {
  const counts = outcomeCounts(ended);
  return [
    ...(counts === "" ? [] : [`so far: ${counts}`]),
    `${printable(play)}: batch ${number} of ${of}, ${plural(hosts.length, "host")}: ${foldNames(hosts)}`,
    "Change them? [y/N, c: this and all that follow] ",
  ].join("\n");
};
