import type { Facts } from "../../model/facts.ts";
import type { Desired } from "../../model/play.ts";
import { valueOf } from "../../model/reading.ts";
import { configLines, writtenHashsize } from "../config.ts";
import { familyOf, maxKey, maxNames } from "../keys.ts";
import type { Prediction } from "../predict.ts";
import { roundBuckets } from "../size.ts";
import { numberOf, settingsOf } from "./settings-of.ts";

/** What is compared with what the next boot and the next firewall restart will give. */
export type Outlook = {
  /** What the play wants here (nothing: an empty one). Keys that it does not name are compared as they are live. */
  readonly desired: Desired;
  /** The host as it is. */
  readonly now: Facts;
  /** The host with the plan's files in place: `factsAfter(now, edits)`. */
  readonly after: Facts;
  /** The share of memory that a full table may take: the play's own, where it sizes the table. */
  readonly guard?: number;
};

/** One value of a host with all that has a say in it. `name` is a full key, or `hashsize` for buckets. */
export type Value = {
  readonly name: string;
  /** Undefined where the play does not name it. */
  readonly play: number | undefined;
  readonly live: number | undefined;
  /** What the last of the files says that set it, whether or not it is ever applied. */
  readonly file: number | undefined;
  readonly will: { readonly value: number | undefined; readonly because: string };
};

/** What the value is meant to be: the play's word, else what is live. */
export const meant = ({ play, live }: Value): number | undefined => play ?? live;

/** What somebody has written down for it: the play, else a file. */
export const asked = ({ play, file }: Value): number | undefined => play ?? file;

/** Every value that a prediction tells of. Buckets are rounded as the kernel rounds them. */
export const valuesOf = ({ desired, now, after }: Outlook, prediction: Prediction): readonly Value[] => {
  const lines = configLines(after);
  const rounded = (buckets: number | undefined) => (buckets === undefined ? undefined : roundBuckets(buckets, now));
  const fromFile = (key: string) => {
    const last = settingsOf(lines, key).at(-1);
    return last === undefined ? undefined : numberOf(last);
  };
  const max = maxKey(familyOf(now));
  const others = [...prediction.keys].filter(([key]) => !maxNames.includes(key) && !counter.test(key));
  return [
    {
      name: max,
      play: desired.max,
      live: valueOf(now.conntrack.max),
      file: fromFile(max),
      will: prediction.max,
    },
    {
      name: "hashsize",
      play: rounded(desired.buckets),
      live: valueOf(now.conntrack.buckets),
      file: rounded(writtenHashsize(lines)),
      will: { ...prediction.buckets, value: rounded(prediction.buckets.value) },
    },
    ...others.map(([key, will]) => {
      const live = now.conntrack.keys.get(key);
      return {
        name: key,
        play: desired.keys.get(key),
        live: live !== undefined && /^\d+$/.test(live) ? Number(live) : undefined,
        file: fromFile(key),
        will,
      };
    }),
  ];
};

const counter = /_conntrack_(?:count|buckets)$/;

/** `KEY 300000, then 65536`, with the reason once for all that share it. */
export const tell = (values: readonly { readonly text: string; readonly because: string }[]): string => {
  const reasons = new Map<string, string[]>();
  for (const { text, because } of values) reasons.set(because, [...(reasons.get(because) ?? []), text]);
  return [...reasons].map(([because, texts]) => `${texts.join(", ")}: ${because}`).join("; ");
};
