import { globMatcher } from "../../inventory/glob.ts";

/** Does a text match? */
export type Matcher = (text: string) => boolean;

/** One pattern of ssh_config: `*` and `?`, nothing else is special. Time: text times pattern at worst. */
export const patternMatcher = (pattern: string): Matcher => {
  const stars = pattern.split("*");
  if (pattern.includes("?") || stars.length > 2) return globMatcher(pattern.replaceAll("[", "[[]"));
  const [head = "", tail] = stars;
  if (tail === undefined) return (text) => text === head;
  if (head === "" && tail === "") return () => true;
  return (text) => text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
};

/** Some pattern matches, and no negated one (`!pattern`): a negated one alone matches nothing. */
const listMatcher = (patterns: readonly string[]): Matcher => {
  const wanted = patterns.filter((one) => !one.startsWith("!")).map(patternMatcher);
  const refused = patterns.filter((one) => one.startsWith("!")).map((one) => patternMatcher(one.slice(1)));
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1 && refused.length === 0) return only;
  return (text) => wanted.some((matches) => matches(text)) && !refused.some((matches) => matches(text));
};

/** The words of a Host line, against the name as it was typed. */
export const hostMatcher = (words: readonly string[]): Matcher => listMatcher(words);

/** A list with commas, as Match has it for names of users. */
export const userMatcher = (list: string): Matcher => listMatcher(list.split(","));

/** A list with commas, as Match has it for names of hosts: their case does not count. */
export const nameMatcher = (list: string): Matcher => {
  const matches = listMatcher(list.toLowerCase().split(","));
  return (name) => matches(name.toLowerCase());
};
