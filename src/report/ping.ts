import type { HostReport } from "../model/outcome.ts";
import { describeOutcome } from "./describe.ts";
import { type Colours, folded, inColumns, plural } from "./text.ts";

/** For people: who answered, and as whom; who did not, and why. With `fold`, hosts of which the same is told share a line. */
export const textPing = (
  hosts: readonly { readonly report: HostReport; readonly uid: number | undefined }[],
  { colours, fold }: { readonly colours: Colours; readonly fold: boolean },
): string => {
  const told = hosts.map(({ report, uid }) => {
    const failed = `${colours.bad(report.outcome.kind.padEnd(11))}  ${describeOutcome(report.outcome)}`;
    return { name: report.name, text: uid === undefined ? failed : `${colours.good("reached")}      uid ${uid}` };
  });
  const reached = hosts.filter(({ uid }) => uid !== undefined).length;
  const lines = inColumns(fold ? folded(told) : told, colours);
  return `${lines.join("\n")}\n\n${plural(hosts.length, "host")}: ${reached} reached, ${hosts.length - reached} not\n`;
};
