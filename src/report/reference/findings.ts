import type { Entry } from "../../conntrack/findings/catalogue/entry.ts";
import { findingFamilies, severities } from "../explain.ts";
import { code, page, table } from "./markdown.ts";

type Named = readonly [name: string, entry: Entry];

/** docs/reference/findings.md: every finding by its code, for each family a table, then each with its explanation. */
export const findingsPage = (): string =>
  page("Findings", [
    "What `audit`, `plan` and `drift` report beside changes. A code keeps its meaning for good. Findings at or above `--fail-on` (by default `warning`) make the exit code 2; each is shown with its evidence from the host. What no play can cure on a host is `info`. `ctfleet explain CODE` prints what stands below.",
    ...findingFamilies().flatMap(({ title, entries }) => [
      `## ${title}`,
      table(head, entries.map(row)),
      ...entries.flatMap(explanation),
    ]),
  ]);

const head = ["code", "severity", "what it says", "what to do"];

const row = ([name, entry]: Named): readonly string[] => [code(name), severities(entry), entry.title, entry.remedy];

const explanation = ([name, { title, means, why, see, cure, ignore }]: Named): readonly string[] => [
  `### ${name}: ${prose(title)}`,
  prose(means),
  prose(why),
  `See it on the host; none of these changes anything:\n\n${indented(see)}`,
  `What to do:\n\n${cure.map((one) => `- ${prose(one)}`).join("\n")}`,
  `It may be left: ${prose(ignore)}`,
];

/** Text for people, with words of code in backticks: outside of these no character is Markdown's. */
const prose = (text: string): string =>
  text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[*<[\]]/g, "\\$&")))
    .join("`");

/** A block of code by its indent: no line of a command can end it. */
const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join("\n");
