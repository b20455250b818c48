import type { FirewallName } from "../model/action.ts";
import { sh } from "../remote/quote.ts";
import type { FileStep } from "./step.ts";

/**
 * A reboot brings what stands in files. A change that is put back in the boot after it gives files, and what that boot took from
 * them: conntrack's values and the keys of sysctl files as they were before, and the rules of a firewall whose files were changed.
 */
export const keepForBoot = (files: readonly FileStep[]): readonly string[] => [
  sh(["keep_values", "boot", ...files.flatMap(keysOf)]),
  ...rulesOf(files).map(({ number, service }) => sh(["keep_rules", String(number), service, "before"])),
];

export const backAfterBoot = (files: readonly FileStep[]): readonly string[] => [
  "back_boot_values",
  ...rulesOf(files).map(({ number, service }) => sh(["back_boot_rules", String(number), service])),
];

export const hasRules = (files: readonly FileStep[]): boolean => rulesOf(files).length > 0;

type RulesStep = { readonly number: number; readonly service: FirewallName };

const rulesOf = (files: readonly FileStep[]): readonly RulesStep[] =>
  files.flatMap(({ number, action }) => {
    const service = readers.find(([path]) => path.test(action.path))?.[1];
    return service === undefined ? [] : [{ number, service }];
  });

/** Files that bring rules at boot, each with one whose rules its reader changes. */
const readers: readonly (readonly [RegExp, FirewallName])[] = [
  [/^\/etc\/iptables\//, "netfilter-persistent"],
  [/^\/etc\/sysconfig\/ip6?tables$/, "iptables-services"],
  [/^\/etc\/(sysconfig\/)?nftables/, "nftables"],
  [/^\/etc\/ufw\//, "ufw"],
  [/^\/etc\/firewalld\//, "firewalld"],
];

/**
 * Files of /proc/sys that a file of sysctl names before or after the change. Patterns are left out, and so is what would lead
 * elsewhere: the old text is the host's.
 */
const keysOf = ({ action }: FileStep): readonly string[] => {
  if (!/^\/(etc|run|usr\/lib|usr\/local\/lib)\/sysctl/.test(action.path)) return [];
  const texts = [action.before ?? "", "text" in action ? action.text : ""];
  const lines = texts.flatMap((text) => text.split("\n"));
  const keys = lines.flatMap((line) => /^\s*-?([\w][\w./:@-]*)\s*=/.exec(line)?.[1] ?? []);
  const paths = keys.map((key) => (/^[^.]*\//.test(key) ? key : swapped(key)));
  return [...new Set(paths)].filter(isBelow).map((path) => `/proc/sys/${path}`);
};

const isBelow = (path: string): boolean => path.split("/").every((part) => !/^\.*$/.test(part));

/** Dots part names, and a slash stands for a dot within one. */
const swapped = (key: string): string => key.replace(/[./]/g, (sign) => (sign === "." ? "/" : "."));
