import type { Entry } from "../conntrack/findings/catalogue/entry.ts";
import { catalogue, type FindingCode } from "../conntrack/findings/catalogue.ts";
import { familyOf, familyTitle } from "../conntrack/findings/families.ts";
import type { Severity } from "../model/finding.ts";
import { safeJson } from "./escape.ts";
import type { Colours } from "./text.ts";
import { wrap } from "./wrap.ts";

const entries: readonly (readonly [FindingCode, Entry])[] = Object.entries(catalogue) as [FindingCode, Entry][];

/** Every code, in order. */
export const findingCodes: readonly FindingCode[] = entries.map(([code]) => code);

/** The code that a person means by `ct202`, `CT202` or `202`; undefined where there is none. */
export const findCode = (word: string): FindingCode | undefined => {
  const code = normalCode(word);
  return findingCodes.find((one) => one === code);
};

/** As codes are written: with CT before the number, in capitals. */
export const normalCode = (word: string): string => word.toUpperCase().replace(/^(?=\d{3}$)/, "CT");

/** All codes by family, a line each. */
export const textCodes = (colours: Colours): string => {
  const blocks = findingFamilies().map(({ title, entries: own }) =>
    [
      colours.bold(title),
      ...own.map(([code, { severity, title: says }]) => `  ${code}  ${severity.padEnd(7)}  ${says}`),
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n\nctfleet explain CODE says what one means, why it happens and what to do.\n`;
};

/** The catalogue by the first digit of its codes. */
export const findingFamilies = (): readonly Family[] =>
  [...new Set(findingCodes.map(familyOf))].map((family) => {
    const own = entries.filter(([code]) => familyOf(code) === family);
    return { title: `${family}: ${familyTitle(family)}`, entries: own };
  });

type Family = { readonly title: string; readonly entries: readonly (readonly [FindingCode, Entry])[] };

/** One code as a page for a terminal. */
export const textExplanation = (code: FindingCode, colours: Colours): string => {
  const entry: Entry = catalogue[code];
  const part = (title: string, lines: readonly string[]) => [colours.bold(title), ...lines].join("\n");
  const paragraph = (text: string) => wrap(text, { width: 96, indent: "  " });
  const items = (texts: readonly string[]) =>
    texts.flatMap((text) =>
      wrap(text, { width: 96, indent: "    " }).map((line, at) => (at === 0 ? `  - ${line.trimStart()}` : line)),
    );
  return `${[
    part(`${code} ${severities(entry)}: ${entry.title}`, []),
    part("What it means", paragraph(entry.means)),
    part("Why it happens", paragraph(entry.why)),
    part(
      "How to see it on the host (changes nothing)",
      entry.see.map((command) => `  ${command}`),
    ),
    part("What to do", items([entry.remedy, ...entry.cure])),
    part("When it may be left as it is", paragraph(entry.ignore)),
  ].join("\n\n")}\n`;
};

/** `info`, or `info, at worst warning`. */
export const severities = ({ severity, worst }: { readonly severity: Severity; readonly worst?: Severity }): string =>
  worst === undefined ? severity : `${severity}, at worst ${worst}`;

/** The same for scripts: one code, or all of them. */
export const jsonExplanation = (code: FindingCode): string => `${safeJson({ schema: 1, ...jsonEntry(code) })}\n`;
export const jsonCodes = (): string => `${safeJson({ schema: 1, findings: findingCodes.map(jsonEntry) })}\n`;

const jsonEntry = (code: FindingCode) => ({ code, family: familyTitle(code), ...catalogue[code] });
