import { catalogue } from "../../conntrack/findings/catalogue.ts";
import { code, page, table } from "./markdown.ts";

/** What a code's first digit says. */
const families: { readonly [digit: string]: string } = {
  1: "Pressure on the table",
  2: "Right in one place, not in force in another",
  3: "Overruled by another file or program",
  4: "Mistakes in files",
  5: "Risks",
  6: "What cannot be done or seen on this host",
  7: "What the play asked for",
};

/** docs/reference/findings.md: every finding by its code. Throws where a code belongs to no family. */
export const findingsPage = (): string => {
  const digits = [...new Set(Object.keys(catalogue).map(familyOf))];
  return page("Findings", [
    "What `audit`, `plan` and `drift` report beside changes. A code keeps its meaning for good. Findings at or above `--fail-on` (by default `warning`) make the exit code 2; each is shown with its evidence from the host.",
    ...digits.flatMap((digit) => [`## CT${digit}xx: ${title(digit)}`, table(head, rowsOf(digit))]),
  ]);
};

const head = ["code", "severity", "what it says", "what to do"];

const familyOf = (finding: string): string => finding.slice(2, 3);

const title = (digit: string): string => {
  const found = families[digit];
  if (found === undefined) throw new Error(`CT${digit}xx has no title`);
  return found;
};

const rowsOf = (digit: string): readonly (readonly string[])[] =>
  Object.entries(catalogue)
    .filter(([name]) => familyOf(name) === digit)
    .map(([name, { severity, title: says, remedy }]) => [code(name), severity, says, remedy]);
