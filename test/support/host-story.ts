import type { BootImageFacts, FileState, FirewallService, Inhibitor } from "../../src/model/facts.ts";
import type { Reverted } from "../../src/model/own-facts.ts";

/** Each loaded module with the modules that use it, or with how many references something else holds. */
export type StoryModules = { readonly [module: string]: readonly string[] | number };

/** `by`: the command after which it ends with 0; any where nothing is said. */
export type StoryCommand = {
  readonly argv: readonly string[];
  readonly status: number;
  readonly by?: readonly string[];
};

/** A host as a test tells it: a Debian of 8 GiB that nobody has treated, but for what is given. */
export type HostStory = {
  readonly memoryMiB?: number;
  readonly installedMiB?: number;
  readonly cpus?: number;
  readonly wordBits?: number;
  readonly pageSize?: number;
  readonly kernel?: string;
  readonly os?: string;
  readonly init?: string;
  readonly firewall?: string;
  readonly container?: string;
  readonly firstNamespace?: boolean;
  readonly writable?: boolean;
  readonly root?: boolean;
  readonly state?: "module" | "builtin" | "unloaded" | "none";
  readonly family?: "nf" | "ip";
  readonly max?: number;
  readonly count?: number;
  readonly buckets?: number;
  readonly objectSize?: number | "unreadable";
  readonly nat?: boolean;
  /** Live keys by short name, above the defaults. */
  readonly keys?: { readonly [name: string]: number };
  readonly readOnly?: readonly string[];
  readonly full?: { readonly lines: number; readonly age: number };
  readonly changedAgo?: number;
  readonly bootId?: string;
  readonly uptime?: number;
  readonly commandLine?: string;
  /** Loaded modules with their users, or with how many references others hold (rules, sockets). */
  readonly modules?: StoryModules;
  /** kernel.modules_disabled. */
  readonly locked?: boolean;
  /** Counters of /proc/net/stat/nf_conntrack, above a drop of 0. */
  readonly statistics?: { readonly [name: string]: number };
  readonly rivals?: readonly string[];
  readonly services?: readonly FirewallService[];
  /** Tables of ip_tables; without it the kernel has none, as where only nftables is in use. */
  readonly tables?: readonly string[];
  /** Does ipvs balance a service? Without it ip_vs is not in the kernel. */
  readonly ipvs?: boolean;
  readonly inhibitors?: readonly Inhibitor[];
  readonly packageWork?: readonly string[];
  readonly masked?: boolean;
  readonly bootImage?: {
    readonly path: string;
    readonly newer?: readonly string[];
    readonly loads?: BootImageFacts["loads"];
  };
  readonly trial?: { readonly run: string; readonly remaining: number };
  /** A change that waits for its confirmation. */
  readonly pending?: { readonly run: string; readonly remaining: number };
  /** A change that the host has put back. */
  readonly reverted?: Pick<Reverted, "because"> & { readonly run: string; readonly left?: readonly string[] };
  /** How each `unless` of the play ends here; what is not told was not asked. */
  readonly commands?: readonly StoryCommand[];
  /** Files of the configuration that could not be read. */
  readonly closed?: readonly string[];
  /** Texts of files that stand on the host; managed ones and others alike. */
  readonly files?: { readonly [path: string]: string };
  /** Managed files that are something else than a regular file with root's 0644. */
  readonly odd?: { readonly [path: string]: FileState };
};
