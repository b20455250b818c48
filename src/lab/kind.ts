/** What a practice host is: enough to write a file tree that reads like a real host's. Times are seconds, sizes MiB. */
export type Kind = {
  readonly name: string;
  /** One line for people: what is to be learned here. */
  readonly about: string;
  readonly groups: readonly string[];
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly system: System;
  readonly conntrack: Conntrack;
  /** Lines of the kernel's log and how long before the start they came; undefined where the log may not be read. */
  readonly log: readonly LogLine[] | undefined;
  /** Programs that run here, by the name that the kernel knows. */
  readonly processes: readonly string[];
  /** Everything else that stands in files: path to text, or to more than text. */
  readonly files: KindFiles;
  /** The login's id; root unless said. */
  readonly uid?: number;
  /** False: a reboot is the last that is heard of this host. */
  readonly returns: boolean;
  /** For how long nobody reaches this host once a change waits there for its confirmation: seconds, or until it is put back. */
  readonly deafAfterChange?: number | "reverted" | undefined;
};

export type KindFiles = Readonly<Record<string, string | Entry>>;

export type Entry =
  /** `age`: how long before the start it was written. */
  | { readonly text: string; readonly mode: number; readonly age?: number }
  | { readonly link: string }
  | { readonly folder: true; readonly mode?: number };

export type Machine = {
  /** MemTotal, which is a little less than what is plugged in. */
  readonly memory: number;
  /** LowTotal, on 32-bit kernels. */
  readonly lowMemory?: number;
  /** Size of a memory block where /sys shows blocks. */
  readonly memoryBlocks?: { readonly size: number; readonly count: number };
  /** KiB; 4 unless said. */
  readonly pageSize?: number;
  readonly cpus: number;
  readonly uptime: number;
};

export type Kernel = {
  readonly release: string;
  readonly arch: "x86_64" | "i686" | "aarch64";
  readonly commandLine: string;
  /** Modules that are here to be loaded, conntrack's own among them, as `NAME SIZE NEEDED,NEEDED`. */
  readonly loadable: readonly string[];
  /** Those that are loaded, in the order of loading; a number after the name counts the rules that hold it. */
  readonly loaded: readonly string[];
  /** Its initramfs, where that has a say in conntrack. */
  readonly image?: BootImage;
};

/** An initramfs: it was made `age` seconds ago, loads these modules, and holds a copy of modprobe.d of that day. */
export type BootImage = {
  readonly path: string;
  readonly age: number;
  readonly loads: readonly string[];
  readonly modprobe: Readonly<Record<string, string>>;
};

export type System = {
  readonly init: Init;
  /** Text of /etc/os-release, or of what older systems have instead. */
  readonly release: Readonly<Record<string, string>>;
  readonly services: readonly Service[];
  readonly firewall: Firewall;
  /**
   * What other programs of this host set when they start, after all else: `KEY=VALUE` for sysctl, and `hashsize=N`.
   */
  readonly startsWith: readonly string[];
  /** A trial that has run for an hour. */
  readonly trial?: { readonly run: string; readonly seconds: number };
};

export type Init = "systemd" | "openrc" | "sysv";
export type Service = { readonly name: string; readonly active: boolean; readonly enabled: boolean };

/** What the start of the firewall does to conntrack, at boot and at a restart. */
export type Firewall = {
  /** Modules that its rules need; a number after the name counts the rules that hold it. */
  readonly loads: readonly string[];
  /** Does a restart unload the modules first? */
  readonly unloads: boolean;
  /** Files that iptables-services searches for the words of IPTABLES_SYSCTL_LOAD_LIST. */
  readonly reloadsFrom: readonly string[];
  /** Files of saved rules, by what reads them: iptables, ip6tables, nft. */
  readonly saved?: Readonly<Partial<Record<"4" | "6" | "nft", string>>>;
  /** Live rules of IPv4 as iptables-save would print them, where they are not the saved ones. */
  readonly liveRules?: string;
};

export type Conntrack = {
  readonly kind: "module" | "builtin" | "none";
  readonly era: Era;
  /** Values in force; what is not given has the kernel's default. Undefined: not loaded. */
  readonly live: Live | undefined;
  /** False: this guest may read the values and not write them, and does not have the keys of the first namespace. */
  readonly ours: boolean;
  readonly objectSize: number;
};

/** Which kernel's names, defaults and counters (DOMAIN, Sizes and Timeouts). */
export type Era = "2.6.18" | "2.6.32" | "3.10" | "4.18" | "5.10" | "5.15" | "6.1";

export type Live = {
  readonly max: number;
  readonly buckets: number;
  readonly count: number;
  readonly drops: number;
  /** Other counters of /proc/net/stat, by column. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly timeouts?: Readonly<Record<string, number>>;
};

export type LogLine = { readonly age: number; readonly text: string };
