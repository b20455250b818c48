import type { ConfigLine, RuleFacts } from "../model/facts.ts";
import { absent, mapReading, type Reading, read } from "../model/reading.ts";
import { savedFiles } from "./searched.ts";
import type { Seen } from "./seen.ts";

/** Of one file; more would say nothing new. */
const mostLines = 20;

/** Of all. */
const mostOfAll = 200;

/** What uses connection tracking: tables in the kernel, ipvs, and saved rules with their files. */
export const parseRules = (seen: Seen): RuleFacts => {
  const { files, unnamable } = savedFiles(seen);
  const closed = files.filter(({ readable }) => !readable).map(({ path }) => path);
  const saved = files.flatMap(({ lines }) => lines.filter(isTrackingRule).slice(0, mostLines));
  return {
    tables: bothFamilies(["ip_tables_names", "ip6_tables_names"].map((name) => seen.lines(`proc/net/${name}`))),
    ipvs: mapReading(seen.lines("proc/net/ip_vs"), (services) => services.length > 0),
    saved: saved.slice(0, mostOfAll),
    unreadable: [...closedFolders(seen), ...unnamable, ...closed],
  };
};

const folder = /^(?:etc\/(?:iptables|nftables|nftables\.d|ufw|firewalld|ferm)|var\/lib\/nftables)$/;

const closedFolders = (seen: Seen): readonly string[] =>
  seen.paths.filter((path) => folder.test(path) && seen.sight(path)?.readable === false).map((path) => `/${path}`);

/** Tables of either family, each once. Where one of the two could not be read the whole list is unknown. */
const bothFamilies = (families: readonly Reading<readonly string[]>[]): Reading<readonly string[]> => {
  const closed = families.find((one) => one.kind === "unreadable");
  if (closed !== undefined) return closed;
  const known = families.flatMap((one) => (one.kind === "read" ? [one.value] : []));
  return known.length === 0 ? absent : read([...new Set(known.flat())].toSorted());
};

/** Is it a file of saved rules, by its path? The same as the probe looks for. */
export const isRuleFile = (path: string): boolean => ruleFiles.test(path);

const ruleFiles = new RegExp(
  `^/(?:${[
    String.raw`etc/iptables/(?:rules\.v[46]|rules6?-save|ip6?tables\.rules)`,
    String.raw`etc/sysconfig/(?:ip6?tables|nftables\.conf)`,
    String.raw`etc/iptables(?:\.up)?\.rules`,
    String.raw`var/lib/ip6?tables/rules-save`,
    String.raw`etc/nftables\.(?:conf|nft)`,
    String.raw`etc/nftables/[^/]*\.nft`,
    String.raw`(?:etc/nftables\.d|var/lib/nftables|etc/ferm/ferm\.d)/[^/]*`,
    String.raw`etc/ufw/[^/]*\.rules`,
    String.raw`etc/firewalld/(?:(?:zones|policies)/[^/]*|direct)\.xml`,
    String.raw`etc/ferm(?:/ferm)?\.conf`,
  ].join("|")})$`,
);

/**
 * What needs the module. An empty nat table of iptables does; a nat hook of nftables does; so does `notrack`, whose module
 * stands on it. Source: the dependencies in modules.dep of 6.1.
 */
const tracking: readonly RegExp[] = [
  /^\s*\*nat\b/,
  /(?:-m|--match|\bmod)\s+(?:state|conn\w+|helper|cluster)\b/,
  /\bctstate\b/,
  /\b(?:MASQUERADE|SNAT|DNAT|REDIRECT|NETMAP|NOTRACK|CONNMARK|CONNSECMARK|SYNPROXY|CLUSTERIP)\b/,
  /(?:-j|--jump)\s+CT\b/,
  /(?:^|[^\w.-])ct\s+[a-z]/,
  /\b(?:masquerade|snat|dnat|redirect|synproxy|notrack)\b/,
  /\bflow\s+(?:add|offload)\b/,
  /\btype\s+nat\b/,
  /<forward-port\b/,
];

/** Does a line of saved rules need connection tracking? Comments and quoted texts say nothing. */
export const isTrackingRule = ({ text }: Pick<ConfigLine, "text">): boolean => {
  const rule = text.replaceAll(/"[^"]*"/g, '""').replace(/(?:^|\s)#.*$/, "");
  return tracking.some((pattern) => pattern.test(rule));
};
