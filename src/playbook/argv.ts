import { z } from "zod";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { Vaulted } from "../model/host.ts";
import { blankLine, flag, show } from "./schema-parts.ts";
import { splitWords } from "./split-words.ts";
import { report, type Spot } from "./spot.ts";

const vaultAdvice =
  "a value from a vault never stands in a program's words, which everybody on that machine can list: let the program read it from a file";

const found = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input instanceof Vaulted ? vaultAdvice : `expected ${what}, found ${show(input)}`,
});

const wordExpected = "a word: text or a number on one line";
const word = z.union([blankLine(wordExpected), z.number(), flag], found(wordExpected));

/** A program with its words: a list of them, or one text that is split as a shell would. */
export const argv = (what: string) => {
  const expected = `${what}: a list of words, or one text`;
  return z.union(
    [blankLine(expected), z.array(word).min(1, `expected ${expected}, found an empty list`)],
    found(expected),
  );
};
export type WrittenArgv = string | readonly (string | number | boolean)[];

/** Of all words together, with a byte after each: what any kernel takes, and a person reads. */
const mostBytes = 4096;
const tooLong = `more than ${mostBytes}, put it into a script of your own`;

/**
 * The words as they are written: `off` and `022` are what stands there, not what YAML makes of them. `templates`: may
 * words hold tags, as in `before` and `after`? A fault is reported.
 */
export const argvOf = (
  spot: Spot,
  written: WrittenArgv,
  { templates }: { readonly templates: boolean },
): NonEmpty<string> => {
  const words = typeof written === "string" ? splitText(spot, written, templates) : listed(spot, written);
  const fault = words === undefined ? undefined : (templateFault([written].flat(), templates) ?? faultOf(words));
  if (fault !== undefined) report(spot, fault);
  return words !== undefined && isNonEmpty(words) ? words : unusable;
};

/** Never run: what was reported stops everything. */
const unusable: NonEmpty<string> = [""];

const listed = (spot: Spot, written: Exclude<WrittenArgv, string>): readonly string[] =>
  written.map((one, at) =>
    typeof one === "string" ? one : (spot.document.written([...spot.path, at]) ?? String(one)),
  );

const splitText = (spot: Spot, text: string, tags: boolean): readonly string[] | undefined => {
  if (text.length > mostBytes) {
    report(spot, `has ${text.length} characters: ${tooLong}`);
    return undefined;
  }
  const split = splitWords(text, { tags });
  if (split.kind === "words") return split.words;
  report(spot, `${split.because} (at character ${split.at + 1} of ${show(text)})`);
  return undefined;
};

const faultOf = (words: readonly string[]): string | undefined => {
  const [program = ""] = words;
  if (program === "") return "names no program: the first word is empty";
  if (program.startsWith("-")) return `${show(program)} is no program: its name begins with -`;
  if (/^[A-Za-z_]\w*=/.test(program))
    return `${show(program)} sets a variable, which is a shell's: write env in front of it, as in env NAME=value PROGRAM`;
  const size = words.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
  return size > mostBytes ? `has ${size} bytes: ${tooLong}` : undefined;
};

const templateFault = (written: readonly unknown[], templates: boolean): string | undefined => {
  const tag = templates ? undefined : written.find((one) => typeof one === "string" && ownTag.test(one));
  return tag === undefined
    ? undefined
    : `${show(tag)} looks like a template: only before and after have them, these words are taken as they are`;
};

/** `{{vars.x}}` or Jinja's `{{ x }}`; not the tags of other programs, as in `docker inspect -f {{.State}}`. */
const ownTag = /\{\{\s*(?!(?:end|else)\s*\}\})[A-Za-z_]\w*(\.\w+)*\s*\}\}/;
