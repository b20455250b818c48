import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { writtenHashsize } from "../config.ts";
import { finding } from "./finding.ts";

/**
 * Why the table size cannot be set in here, if so: a container, or a network namespace other than the first. A user
 * without root on a host of its own is another thing: become cures that.
 */
export const belongsToHostBelow = (facts: Facts): string | undefined => {
  if (valueOf(facts.conntrack.writable) !== false) return undefined;
  const container = valueOf(facts.guest.container);
  // A user without root may write nowhere: only the namespace tells then.
  const namespaced = valueOf(facts.conntrack.firstNamespace) === false;
  if (!namespaced && valueOf(facts.uid) !== 0) return undefined;
  if (container !== undefined && container !== "none") return `${container} guest, where nf_conntrack_max is read-only`;
  if (namespaced) return "a network namespace of its own, where nf_conntrack_max is read-only";
  return undefined;
};

/** What no play can cure on this host: information, never a reason for an exit code. And what could not be seen. */
export const limits = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  const found: Finding[] = [];
  const below = belongsToHostBelow(facts);
  if (below !== undefined) found.push(finding("CT601", below));
  const atBoot = /\bnf_conntrack\.hashsize=\d+/.exec(valueOf(facts.kernel.commandLine) ?? "")?.[0];
  const written = writtenHashsize(lines);
  if (valueOf(facts.conntrack.builtin) === true && atBoot === undefined)
    found.push(
      finding(
        "CT602",
        written === undefined ? "no hash size on the command line" : `hashsize=${written} in modprobe.d`,
      ),
    );
  if (valueOf(facts.conntrack.state) === "none") found.push(finding("CT603", "no module, and not built in"));
  const uid = valueOf(facts.uid);
  if (uid !== undefined && uid !== 0 && facts.log.full.kind === "unreadable")
    found.push(finding("CT606", `uid ${uid}: ${facts.log.full.because}`));
  if (facts.config.unreadable.length > 0) found.push(finding("CT605", facts.config.unreadable.join(", ")));
  return [...found, ...powerLimits(facts)];
};

/** CT608: what stands in the way of a reboot now. */
const powerLimits = ({ power }: Facts): readonly Finding[] => {
  const found = [
    ...(valueOf(power.inhibitors) ?? []).map(({ who, why }) => `${who} inhibits it: ${why}`),
    ...(valueOf(power.packageWork) ?? []).map((work) => `package work: ${work}`),
    ...(valueOf(power.masked) === true ? ["reboot.target is masked"] : []),
  ];
  return found.length === 0 ? [] : [finding("CT608", found.join("; "))];
};
