import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { configLines } from "../config.ts";
import { defaultGuard } from "../guard.ts";
import { staleImage } from "./image.ts";
import { limits } from "./limits.ts";
import { mistakes } from "./mistakes.ts";
import { ownChanges } from "./own-changes.ts";
import { pressure } from "./pressure.ts";
import { risks } from "./risks.ts";

/**
 * What is to be said of a host as it is, whatever the play asks for. `guard` is the share of memory that a full table may
 * take: the play's own, where it sizes the table.
 */
export const auditHost = (
  facts: Facts,
  { guard = defaultGuard }: { readonly guard?: number } = {},
): readonly Finding[] => {
  const lines = configLines(facts);
  return [
    ...pressure(facts),
    ...ownChanges(facts),
    ...staleImage(facts, lines),
    ...mistakes(facts, lines),
    ...risks(facts, guard),
    ...limits(facts, lines),
  ];
};
