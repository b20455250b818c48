import type { ConfigLine } from "../../../model/facts.ts";
import type { Finding } from "../../../model/finding.ts";
import { configLines, writtenHashsize } from "../../config.ts";
import { roundBuckets } from "../../size.ts";
import { numberOf, settingsOf } from "../settings-of.ts";
import type { Outlook } from "../wanted.ts";

/** A rival's finding, and the names of the values that it tells of: they are not told again. */
export type Told = { readonly findings: readonly Finding[]; readonly names: readonly string[] };

export const nothing: Told = { findings: [], names: [] };

/** A value that a program sets by itself, and where it says so. */
export type RivalValue = { readonly name: string; readonly value: number; readonly from: string };

/** What the play or a file asks for; a rival that says otherwise is in its way. Files that `leftOut` names do not count. */
export const askedOf = (
  { desired, now, after }: Outlook,
  name: string,
  leftOut: (file: string) => boolean = () => false,
): number | undefined => {
  const lines: readonly ConfigLine[] = configLines(after);
  if (name === "hashsize") {
    const buckets = desired.buckets ?? writtenHashsize(lines);
    return buckets === undefined ? undefined : roundBuckets(buckets, now);
  }
  const last = settingsOf(lines, name)
    .filter(({ file }) => !leftOut(file))
    .at(-1);
  return desiredKey({ desired }, name) ?? (last === undefined ? undefined : numberOf(last));
};

const desiredKey = ({ desired }: Pick<Outlook, "desired">, name: string): number | undefined =>
  [...desired.keys].find(([key]) => key === name)?.[1];

/** Those of a rival's values that are not what is asked for, as evidence. */
export const against = (
  outlook: Outlook,
  values: readonly RivalValue[],
  leftOut?: (file: string) => boolean,
): readonly (RivalValue & { readonly text: string })[] =>
  values.flatMap((one) => {
    const asked = askedOf(outlook, one.name, leftOut);
    const value = one.name === "hashsize" ? roundBuckets(one.value, outlook.now) : one.value;
    if (asked === undefined || asked === value) return [];
    return [{ ...one, value, text: `${one.from} sets ${one.name} ${one.value}, wanted ${asked}` }];
  });
