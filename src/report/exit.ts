import type { Severity } from "../model/finding.ts";
import type { HostReport, OutcomeKind } from "../model/outcome.ts";
import { atLeast } from "./severity.ts";

/** What decides the exit code beside the hosts themselves. */
export type ExitRules = {
  /** `apply` reaches the goal: findings are told, and do not count. */
  readonly findingsCount: boolean;
  readonly failOn: Severity;
  readonly maxUnreachable: number;
};

/** The exit code that tells the state of the fleet: 3, 4, 2 or 0, the first that holds (DESIGN, Command line). */
export const exitCode = (hosts: readonly HostReport[], rules: ExitRules): 0 | 2 | 3 | 4 => {
  const count = (...kinds: readonly OutcomeKind[]) => hosts.filter((host) => kinds.includes(host.outcome.kind)).length;
  if (count("failed", "reverted", "unknown", "not_attempted") > 0) return 3;
  if (count("unreachable") > rules.maxUnreachable) return 4;
  const grave = ({ findings }: HostReport) => findings.some(({ severity }) => atLeast(severity, rules.failOn));
  return count("drifted") > 0 || (rules.findingsCount && hosts.some(grave)) ? 2 : 0;
};
