import { append } from "../../model/append.ts";
import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { kernelNumber } from "../boot/kernel-value.ts";
import { lastOption, modprobeConfig } from "../boot/modprobe.ts";
import { tableModule } from "../boot/modules.ts";
import { configLines } from "../config.ts";
import { familyOf } from "../keys.ts";
import type { Prediction } from "../predict.ts";
import { roundBuckets } from "../size.ts";
import type { FindingCode } from "./catalogue.ts";
import { finding } from "./finding.ts";
import { numberOf, settingsOf } from "./settings-of.ts";
import { asked, meant, type Outlook, tell, type Value, valuesOf } from "./wanted.ts";

/** What the next boot changes, each value under the most exact code; `told`: names that a rival's finding tells of. */
export const bootFindings = (
  outlook: Outlook,
  prediction: Prediction,
  told: ReadonlySet<string>,
): readonly Finding[] => {
  const builtIn = valueOf(outlook.now.conntrack.builtin) === true;
  const found = new Map<FindingCode, { text: string; because: string }[]>();
  for (const value of valuesOf(outlook, prediction)) {
    // A hash size of built-in code is told by CT602.
    if (told.has(value.name) || (builtIn && value.name === "hashsize")) continue;
    const code = codeOf(value, outlook, prediction);
    if (code !== undefined)
      append(found, code, { text: change(value, code, prediction), because: reason(value, prediction) });
  }
  return [...found].map(([code, values]) => finding(code, tell(values)));
};

const codeOf = (value: Value, outlook: Outlook, { loaded }: Prediction): FindingCode | undefined => {
  const { name, live, file, will } = value;
  const isLost = name !== "hashsize" && asked(value) !== undefined && asked(value) !== will.value;
  if (isLost && comesLate(value, outlook, loaded))
    return file === undefined ? "CT207" : loadedByDocker(outlook) ? "CT306" : "CT202";
  if (will.value === undefined) return undefined;
  const right = meant(value);
  if (right === undefined || right === will.value || losesNothing(value)) return undefined;
  // CT405 tells it.
  if (name === "hashsize" && /\/rc\.local:\d/.test(will.because)) return undefined;
  if (isSetBefore(value, outlook, right)) return "CT301";
  return value.play === undefined && live !== undefined && file === will.value ? "CT204" : "CT207";
};

/**
 * Is the module loaded after sysctl files are applied, so far as can be told? Where nothing orders the two (nftables.service
 * and systemd-sysctl of Debian) the value is not safe either.
 */
const comesLate = ({ will }: Value, { after }: Outlook, loaded: Prediction["loaded"]): boolean => {
  switch (loaded.when) {
    case "never":
      return true;
    case "after_sysctl":
      return will.value !== undefined;
    case "unknown":
      return (
        will.value === undefined && will.because.startsWith(loaded.because) && after.config.unreadable.length === 0
      );
    default:
      return false;
  }
};

/**
 * What nobody asked for and the boot does not take away: a size that gets no smaller, and what is no setting of a person's but
 * follows from others (a rule with connbytes turns acct on, expect_max comes from the hash size at the load).
 */
const losesNothing = (value: Value): boolean => {
  if (asked(value) !== undefined) return false;
  if (/^hashsize$|_conntrack_max$/.test(value.name))
    return value.live !== 0 && (value.live ?? 0) < (value.will.value ?? 0);
  return !/_timeout|_tcp_/.test(value.name);
};

/** Does a file set the right value, and another one that is read later the wrong one? */
const isSetBefore = ({ name }: Value, { after }: Outlook, right: number): boolean => {
  const all =
    name === "hashsize"
      ? hashsizes(after).map((size) => roundBuckets(size, after))
      : settingsOf(configLines(after), name).map(numberOf);
  return all.slice(0, -1).includes(right);
};

/** Hash sizes in the order in which modprobe hands them to the module: the last one counts. */
const hashsizes = (facts: Facts): readonly number[] =>
  modprobeConfig(facts)
    .lines.filter(({ command, module }) => command === "options" && module === tableModule(familyOf(facts)))
    .flatMap(({ text }) => lastOption(text, "hashsize"))
    .flatMap((text) => kernelNumber(text) ?? []);

/** Nothing else that is known would load it. */
const loadedByDocker = ({ now }: Outlook): boolean =>
  valueOf(now.rivals)?.includes("dockerd") === true && valueOf(now.firewall.service) === "none";

const change = (value: Value, code: FindingCode, { loaded }: Prediction): string => {
  const { name, live, will } = value;
  if (code === "CT204") return `${name} ${live ?? "?"}, by the files ${will.value ?? "?"}`;
  const right = code === "CT202" || code === "CT306" ? asked(value) : meant(value);
  return `${name} ${right ?? "?"}, after the next boot ${will.value ?? (loaded.when === "never" ? "not set" : "not certain")}`;
};

const reason = ({ will }: Value, { loaded }: Prediction): string =>
  loaded.when === "never" ? loaded.because : will.because;
