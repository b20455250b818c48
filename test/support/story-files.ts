import { isConfigLine } from "../../src/facts/config-lines.ts";
import { isRuleFile, isTrackingRule } from "../../src/facts/rules.ts";
import type { ConfigFacts, ConfigLine } from "../../src/model/facts.ts";

type Texts = { readonly [path: string]: string };

/** What the probe would have found in a story's files of configuration. */
export const configOf = (files: Texts, closed: readonly string[]): ConfigFacts => ({
  files: [...Object.keys(files).filter((file) => !isRuleFile(file)), ...closed],
  unreadable: closed,
  lines: linesOf(files).filter((line) => !isRuleFile(line.file) && isConfigLine(line)),
});

/** What it would have found in saved rules. */
export const savedRulesOf = (files: Texts): readonly ConfigLine[] =>
  linesOf(files).filter((line) => isRuleFile(line.file) && isTrackingRule(line));

const linesOf = (files: Texts): readonly ConfigLine[] =>
  Object.entries(files).flatMap(([file, text]) =>
    text.split("\n").map((line, index) => ({ file, line: index + 1, text: line })),
  );
