import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { lost, mistakes } from "./files.ts";
import { limits } from "./limits.ts";
import { pressure } from "./pressure.ts";

/** What is to be said of a host whatever the play asks for, from its facts and its lines about conntrack. */
export const auditHost = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => [
  ...pressure(facts),
  ...lost(facts, lines),
  ...mistakes(facts, lines),
  ...limits(facts, lines),
];
