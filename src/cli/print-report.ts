import type { HostReport } from "../model/outcome.ts";
import { jsonReport, type RunReport } from "../report/json.ts";
import { atLeast } from "../report/severity.ts";
import { textReport } from "../report/text.ts";
import { coloursFor } from "./console.ts";
import type { FleetOptions } from "./options.ts";

/** The report in the form that was asked for. `drift` says nothing of hosts that are well, and has no colour. */
export const printReport = (report: RunReport, options: FleetOptions): string => {
  if (options.output === "json") return jsonReport(report);
  const drift = report.command === "drift";
  const hosts = drift ? report.hosts.filter((host) => isWorthALine(host, options)) : report.hosts;
  if (drift && hosts.length === 0) return "";
  const colours = coloursFor(drift ? {} : process.stdout);
  const diffs = report.command === "plan" || options.verbose > 0;
  const from = drift ? options.failOn : "info";
  const run = ["apply", "persist", "rollback"].includes(report.command) ? `run ${report.run}\n` : "";
  return run + textReport(hosts, { colours, diffs, from, brief: drift, fold: !drift && options.verbose === 0 });
};

const isWorthALine = ({ outcome, findings }: HostReport, { failOn }: FleetOptions): boolean =>
  (outcome.kind !== "compliant" && outcome.kind !== "skipped") ||
  findings.some(({ severity }) => atLeast(severity, failOn));
