import type { ConfigLine } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { roundBuckets } from "../size.ts";
import type { HostNames } from "./host.ts";
import { loadListSteps } from "./load-list.ts";
import { enterpriseLinux, readsGlobs } from "./os.ts";
import { rivalSteps } from "./rivals.ts";
import { sysctlPath } from "./sysctl-line.ts";
import { bootReader, procpsFiles, procpsSystem, systemdReader } from "./sysctl-reader.ts";
import { sysctlSteps } from "./sysctl-steps.ts";
import { either, resize, type Step, unknownFrom, write } from "./table.ts";
import { fileAt, place } from "./tree.ts";
import { ufwSteps } from "./ufw.ts";

/** What happens to the values between the load of the module and the end of the boot, in its order. */
export const laterSteps = (host: HostNames, readsAgain: boolean): readonly Step[] => [
  ...(readsAgain ? udevSteps(host) : []),
  ...firewallSteps(host),
  ...networkSteps(host),
  ...rivalSteps(host),
  ...rcLocalSteps(host),
];

const firewallSteps = (host: HostNames): readonly Step[] => {
  const services = valueOf(host.facts.firewall.services) ?? [];
  const chosen = valueOf(host.facts.firewall.service);
  const starts = (name: string) =>
    services.length === 0 ? chosen === name : services.some((one) => one.name === name && one.enabled);
  return [...(starts("iptables-services") ? loadListSteps(host) : []), ...(starts("ufw") ? ufwSteps(host) : [])];
};

/**
 * A udev rule that applies sysctl files when the module is added: `ACTION=="add", SUBSYSTEM=="module",
 * KERNEL=="nf_conntrack", RUN+="/usr/lib/systemd/systemd-sysctl --prefix=/net/netfilter"` (sysctl.d(5), examples).
 */
const udevSteps = (host: HostNames): readonly Step[] => {
  const rules = host.facts.config.lines.filter(
    ({ file, text }) =>
      /\/udev\/rules\.d\/[^/]+\.rules$/.test(file) &&
      !/^\s*#/.test(text) &&
      /(?:KERNEL=="(?:nf|ip)_conntrack[*]?"|DEVPATH=="\/module\/(?:nf|ip)_conntrack[*]?")/.test(text) &&
      !/ACTION=="(?!add)/.test(text),
  );
  return fewEnough(rules) ?? rules.flatMap((line) => ruleSteps(host, line));
};

/** Each of these lines may apply all sysctl files again: so many of them are nobody's plan, and would take their time. */
const most = 50;

const fewEnough = (lines: readonly ConfigLine[]): readonly Step[] | undefined => {
  const beyond = lines[most];
  return beyond && [unknownFrom(`${place(beyond)} and ${most} lines before it may set it`)];
};

const ruleSteps = (host: HostNames, line: ConfigLine): readonly Step[] => {
  const command = /RUN\+?="([^"]*)"/.exec(line.text)?.[1];
  if (command === undefined)
    return line.text.trimEnd().endsWith("\\")
      ? [
          either(
            `${place(line)} goes on in a line that was not read, and may apply sysctl files`,
            [],
            sysctlSteps(host, systemdReader(host.facts)),
          ),
        ]
      : [];
  return commandSteps(host, command);
};

/** `systemd-sysctl --prefix=...`, `sysctl --system`, `sysctl -p FILE`, `sysctl -w KEY=VALUE`. */
const commandSteps = (host: HostNames, command: string, from?: string): readonly Step[] => {
  const { facts } = host;
  if (/systemd-sysctl\b/.test(command)) {
    const prefixes = [...command.matchAll(/--prefix[= ](\S+)/g)].map(([, prefix = ""]) => prefixPath(prefix));
    return sysctlSteps(host, systemdReader(facts), prefixes.length === 0 ? undefined : prefixes);
  }
  if (/--system\b/.test(command.slice(command.search(/\bsysctl\b|$/)))) return sysctlSteps(host, procpsSystem(facts));
  // Not from a word with a dash: an option that is named like it would have all options after it looked through again.
  const loaded = /(?<![\w-])sysctl\s+(?:-\w+\s+)*(?:-\w*p\w*|--load)(?:[= ]+(\/\S+))?/.exec(command);
  if (loaded !== null) {
    const file = fileAt(facts.config, loaded[1] ?? "/etc/sysctl.conf");
    return file === undefined ? [] : sysctlSteps(host, procpsFiles("sysctl -p", [file], readsGlobs(facts)));
  }
  // From the start of a word only: a long one is not looked through again from each of its letters.
  const set = [...command.matchAll(/(?<![\w./])([\w./]+)=["']?([^\s"';]+)/g)].filter(([, key = ""]) =>
    /conntrack/.test(key),
  );
  if (!/\bsysctl\b/.test(command) || from === undefined) return [];
  return set.map(([, key = "", text = ""]) => write(host, { path: sysctlPath(key), text, from }));
};

/** `--prefix=/net/netfilter`, `--prefix=net.netfilter`: a path below /proc/sys, with a slash at its end. */
const prefixPath = (prefix: string): string =>
  `${sysctlPath(prefix.replace(/^\/proc\/sys/, "").replace(/^\/+/, "")).replace(/\/+$/, "")}/`;

/**
 * The network script of Enterprise Linux applies sysctl files once more when it is done, after the firewall ("catch any
 * interface-specific actions"). EL6 has it on; on EL7 it may be off.
 */
const networkSteps = (host: HostNames): readonly Step[] => {
  const el = enterpriseLinux(host.facts);
  const again = sysctlSteps(host, bootReader(host.facts));
  if (el === undefined || el > 7 || again.length === 0) return [];
  if (el <= 6 || fileAt(host.facts.config, "/etc/rc.d/rc3.d/S10network") !== undefined) return again;
  return [either("the network script applies sysctl files again where it is in use", [], again)];
};

/** rc.local, the last of all. Whether it may be executed was not read; a hash size that it sets and that is live tells. */
const rcLocalSteps = (host: HostNames): readonly Step[] => {
  const { facts } = host;
  const file = fileAt(facts.config, "/etc/rc.d/rc.local") ?? fileAt(facts.config, "/etc/rc.local");
  const lines = (file?.lines ?? []).filter(({ text }) => !/^\s*#/.test(text));
  const steps =
    fewEnough(lines.filter(({ text }) => /sysctl/.test(text))) ?? lines.flatMap((line) => scriptStep(host, line));
  if (file === undefined || steps.length === 0) return [];
  const live = valueOf(facts.conntrack.buckets);
  const ran = lines.some(
    ({ text }) => live !== undefined && hashsizeSet(text).some((n) => roundBuckets(n, facts) === live),
  );
  return ran ? steps : [either(`${file.path} sets it where that may be executed`, [], steps)];
};

const echoed = /\becho\s+(?:-n\s+)?["']?(\w+)["']?\s*>\s*(\/\S+)/;

const hashsizeSet = (text: string): readonly number[] => {
  const [, number = "", target = ""] = echoed.exec(text) ?? [];
  return target.endsWith("/parameters/hashsize") && /^\d+$/.test(number) ? [Number(number)] : [];
};

const scriptStep = (host: HostNames, line: ConfigLine): readonly Step[] => {
  const from = place(line);
  const [, text = "", target = ""] = echoed.exec(line.text) ?? [];
  if (target.endsWith("/parameters/hashsize"))
    return hashsizeSet(line.text).map((buckets) => resize(host, buckets, from));
  if (target.startsWith("/proc/sys/")) return [write(host, { path: target.slice("/proc/sys/".length), text, from })];
  return commandSteps(host, line.text, from);
};
