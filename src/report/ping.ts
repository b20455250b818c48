import type { HostReport } from "../model/outcome.ts";
import { describeOutcome } from "./describe.ts";
import { printable } from "./escape.ts";
import { type Colours, plural } from "./text.ts";

/** For people: who answered, and as whom; who did not, and why. */
export const textPing = (
  hosts: readonly { readonly report: HostReport; readonly uid: number | undefined }[],
  colours: Colours,
): string => {
  const width = Math.max(4, ...hosts.map(({ report }) => report.name.length));
  const lines = hosts.map(({ report, uid }) => {
    const name = colours.bold(printable(report.name).padEnd(width));
    if (uid !== undefined) return `${name}  ${colours.good("reached")}      uid ${uid}`;
    return `${name}  ${colours.bad(report.outcome.kind.padEnd(11))}  ${describeOutcome(report.outcome)}`;
  });
  const reached = hosts.filter(({ uid }) => uid !== undefined).length;
  return `${lines.join("\n")}\n\n${plural(hosts.length, "host")}: ${reached} reached, ${hosts.length - reached} not\n`;
};
