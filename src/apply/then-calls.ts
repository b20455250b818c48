import type { LiveValues } from "../model/action.ts";
import type { SysctlKey } from "../model/brand.ts";
import { sh } from "../remote/quote.ts";
import { surveyLive } from "./live-calls.ts";
import { hashsizeWord, keyWord } from "./step.ts";

type Value = { readonly name: "hashsize" | SysctlKey; readonly word: string; readonly to: string };

/** The values of `then` in the order that their results are numbered by, from 1. */
export const thenValues = ({ hashsize, keys }: LiveValues): readonly Value[] => [
  ...(hashsize === undefined ? [] : [{ name: "hashsize", word: hashsizeWord, to: String(hashsize) } as const]),
  ...[...keys].map(([key, to]) => ({ name: key, word: keyWord(key), to })),
];

/** Notes in the manifest what these values were: `hashsize STEP VALUE`, `set STEP KEY VALUE`; and by their id in `was`. */
export const saveThen = (number: number, values: LiveValues): readonly string[] =>
  thenValues(values).map(
    ({ name, word }, at) =>
      `save_value ${number}_${at + 1} ${name === "hashsize" ? name : sh([`set ${name}`])} ${word}`,
  );

/**
 * Sets what a reload did not bring, each value with a result of its own. A hash size that grows comes first, else last:
 * max is never above what the buckets are good for.
 */
export const thenCalls = (number: number, wanted: LiveValues): readonly string[] => {
  const values = thenValues(wanted);
  if (values.length === 0) return [];
  const survey = surveyLive(values.map(({ word }) => word));
  const call = (name: string) => (value: Value) =>
    `${name} ${number}_${values.indexOf(value) + 1} ${value.word} ${sh([value.to])}`;
  const size = values.filter(({ name }) => name === "hashsize");
  const rest = values.filter(({ name }) => name !== "hashsize");
  return [
    // Only now may the module be there, by one name or the other.
    "find_hashsize",
    survey,
    ...values.map(call("settle")),
    ...size.map(call("set_grown")),
    ...rest.map(call("set_live")),
    ...size.map(call("set_shrunk")),
    survey,
    ...values.map(call("tell_live")),
  ];
};
