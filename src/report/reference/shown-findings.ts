import { catalogue, type FindingCode } from "../../conntrack/findings/catalogue.ts";
import { code, page, table } from "./markdown.ts";

/** Where a finding can be seen: kinds of practice hosts; or why on none of them. */
export type Shown =
  | { readonly kind: "hosts"; readonly names: readonly string[] }
  | { readonly kind: "nowhere"; readonly because: string };

/** docs/reference/practice-findings.md: every finding, and the hosts of `ctfleet lab up` that show it. */
export const shownFindingsPage = (shown: ReadonlyMap<FindingCode, Shown>): string =>
  page("Findings on the practice fleet", [
    "Each kind of practice host (`ctfleet lab up`) has its troubles. This is what an audit, or the plan of a shipped play, says of them: a host to look at for each finding.",
    table(["code", "severity", "what it says", "hosts that show it"], rowsOf(shown)),
  ]);

const rowsOf = (shown: ReadonlyMap<FindingCode, Shown>): readonly (readonly string[])[] =>
  Object.entries(catalogue).map(([name, { severity, title }]) => [
    code(name),
    severity,
    title,
    wording(shown.get(name as FindingCode)),
  ]);

const wording = (shown: Shown | undefined): string => {
  if (shown === undefined) return "";
  if (shown.kind === "nowhere") return `none: ${shown.because}`;
  const named = shown.names.slice(0, most).map(code).join(", ");
  return shown.names.length > most ? `${named} and ${shown.names.length - most} more` : named;
};

/** Hosts that are named in a row. */
const most = 6;
