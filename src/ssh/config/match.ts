import { visible } from "../../source/visible.ts";
import type { Line } from "./line.ts";
import { nextWord } from "./line.ts";
import { type Matcher, nameMatcher, userMatcher } from "./pattern.ts";

/** One condition of a Match line. */
export type Criterion =
  | {
      readonly kind: "host" | "originalhost" | "user" | "localuser";
      readonly negated: boolean;
      readonly matches: Matcher;
    }
  | { readonly kind: "all" | "canonical" | "final"; readonly negated: boolean }
  /** Only the program can tell: it runs commands, looks at networks. */
  | { readonly kind: "unknown"; readonly name: string };

const withMatcher = new Map<string, (list: string) => Matcher>([
  ["host", nameMatcher],
  ["originalhost", nameMatcher],
  ["user", userMatcher],
  ["localuser", userMatcher],
]);
/** Of other versions of OpenSSH, too. */
const onlyTheProgram = new Set(["exec", "tagged", "localnetwork", "command", "version", "sessiontype"]);

/** The conditions of a Match line, or what is wrong with it. */
export const parseMatch = (line: Line): readonly Criterion[] | string => {
  const criteria: Criterion[] = [];
  let left: string | undefined = line.rest;
  while (left !== undefined && left !== "" && !left.startsWith("#")) {
    const attribute = nextWord(left);
    if (attribute.word === undefined || attribute.word === "") return "a condition of Match cannot be read";
    const argument = attribute.rest === undefined ? undefined : nextWord(attribute.rest);
    const read = criterion(attribute.word, argument?.word, criteria.length);
    if (typeof read === "string") return read;
    criteria.push(read);
    if (read.kind === "all") return criteria;
    left = takesNone(read) ? attribute.rest : argument?.rest;
  }
  return criteria.length === 0 ? "Match needs a condition (all, host, originalhost, user, localuser...)" : criteria;
};

const takesNone = ({ kind }: Criterion): boolean => kind === "canonical" || kind === "final";

const criterion = (attribute: string, argument: string | undefined, before: number): Criterion | string => {
  const negated = attribute.startsWith("!");
  const name = (negated ? attribute.slice(1) : attribute).toLowerCase();
  const isMissing = argument === undefined || argument === "" || argument.startsWith("#");
  if (name === "all") {
    if (before > 1 || !isMissing) return "Match all stands alone, or last behind one other condition";
    return { kind: "all", negated };
  }
  if (name === "canonical" || name === "final") return { kind: name, negated };
  const matcher = withMatcher.get(name);
  if (matcher === undefined && !onlyTheProgram.has(name)) return `Match knows no "${visible(attribute)}"`;
  if (isMissing) return `Match ${name} needs a value`;
  return matcher === undefined
    ? { kind: "unknown", name }
    : { kind: name as "host" | "originalhost" | "user" | "localuser", negated, matches: matcher(argument) };
};
