import type { BootImage, Kind, KindFiles, Live, LogLine, Machine, System } from "../kind.ts";
import { type FirewallShape, noFirewall } from "./firewalls.ts";
import type { Platform } from "./platforms.ts";

/** A practice host by what sets it apart: its platform and its firewall bring the rest. */
export type Sketch = {
  readonly name: string;
  readonly about: string;
  readonly group: string;
  readonly on: Platform;
  readonly machine: Machine;
  readonly firewall?: FirewallShape;
  readonly live: Live | undefined;
  /** In the order of loading. */
  readonly loaded: readonly string[];
  readonly log?: readonly LogLine[];
  /** Beside sshd. */
  readonly processes?: readonly string[];
  readonly files?: KindFiles;
  readonly startsWith?: readonly string[];
  readonly liveRules?: string;
  readonly image?: BootImage;
  readonly trial?: NonNullable<System["trial"]>;
  readonly returns?: boolean;
  readonly deafAfterChange?: Kind["deafAfterChange"];
};

export const kindOf = (sketch: Sketch): Kind => {
  const { name, about, group, on, machine, firewall = noFirewall, live, image, trial, liveRules } = sketch;
  return {
    ...{ name, about, groups: [group], machine },
    kernel: { ...on.kernel, loaded: sketch.loaded, ...(image === undefined ? {} : { image }) },
    system: {
      ...{ init: on.init, release: on.release, services: firewall.services },
      firewall: { ...firewall.firewall, ...(liveRules === undefined ? {} : { liveRules }) },
      startsWith: sketch.startsWith ?? [],
      ...(trial === undefined ? {} : { trial }),
    },
    conntrack: { kind: "module", ours: true, live, ...on.conntrack },
    log: sketch.log ?? [],
    processes: ["sshd", ...(sketch.processes ?? [])],
    files: { ...on.files, ...firewall.files, ...sketch.files },
    returns: sketch.returns ?? true,
    deafAfterChange: sketch.deafAfterChange,
  };
};

/** A guest: it may read conntrack's values, set none of them, and not see the kernel's log. */
export const guestOf = (sketch: Sketch): Kind => {
  const kind = kindOf(sketch);
  return { ...kind, conntrack: { ...kind.conntrack, ours: false }, log: undefined };
};

/** The kernel's words for a full table, and its rate limiter's. */
export const fullTable = (ages: readonly number[], prefix = "nf_conntrack: nf_conntrack"): readonly LogLine[] =>
  ages.flatMap((age) => [
    { age: age + 5, text: `net_ratelimit: ${40 + age} callbacks suppressed` },
    { age, text: `${prefix}: table full, dropping packet` },
  ]);

/** Modules in the order in which a recent kernel loads them. */
export const loadedBy = {
  nothing: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack"],
  nft: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack", "nf_tables", "nft_ct 2"],
  iptables: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack", "x_tables", "xt_conntrack 14"],
} as const;
