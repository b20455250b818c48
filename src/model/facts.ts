import type { BootId, HostPath, RunId, SysctlKey } from "./brand.ts";
import type { HostLock, Pending, Reverted } from "./own-facts.ts";
import type { Reading } from "./reading.ts";

/**
 * What one probe saw on one host. Names in expressions, templates and JSON are these in snake_case
 * (`facts.conntrack.object_size`). Sizes are bytes, times are seconds.
 */
export type Facts = {
  readonly memory: MemoryFacts;
  readonly machine: MachineFacts;
  readonly kernel: KernelFacts;
  readonly os: OsFacts;
  /** What runs as the first process: `systemd`, `openrc`, `sysv`, `busybox`, or another name as found. */
  readonly init: Reading<string>;
  readonly selinux: Reading<"enforcing" | "permissive" | "disabled">;
  readonly guest: GuestFacts;
  /** The user that the probe ran as, after become. */
  readonly uid: Reading<number>;
  readonly conntrack: ConntrackFacts;
  readonly modules: ModuleFacts;
  readonly firewall: FirewallFacts;
  readonly rules: RuleFacts;
  readonly power: PowerFacts;
  readonly bootImage: BootImageFacts;
  readonly log: KernelLogFacts;
  readonly config: ConfigFacts;
  /** Programs that are known to write conntrack values and are running now: `kube-proxy`, `dockerd`, `tuned`... */
  readonly rivals: Reading<readonly string[]>;
  /** The last change that ctfleet made here, from what it left in /var/lib/ctfleet; age is seconds, by this boot's clock. */
  readonly lastChange: Reading<{ readonly run: string; readonly age: number }>;
  /** A trial that runs here: live values that go back by themselves. `remaining` is seconds, by this boot's clock. */
  readonly trial: Reading<{ readonly run: RunId; readonly remaining: number }>;
  /** A run that works here now, or was cut off at it. `remaining` is seconds, by this boot's clock. */
  readonly lock: Reading<HostLock>;
  /** A change that waits for its confirmation: the host puts it back after `remaining` seconds. */
  readonly pending: Reading<Pending>;
  /** The last change, where the host has put it back and nothing was changed since. */
  readonly reverted: Reading<Reverted>;
  /** Exit status of each `unless` that the play asks, by its words (`argvKey`). Absent: it was not asked. */
  readonly commands: ReadonlyMap<string, Reading<number>>;
  /** Each file that the play manages, by its path. */
  readonly files: ReadonlyMap<HostPath, FileState>;
  /** Numeric ids of the owner and group names that the play uses; a name that the host lacks is not here. */
  readonly ids: { readonly users: ReadonlyMap<string, number>; readonly groups: ReadonlyMap<string, number> };
};

/** The name of a command in `Facts.commands`. */
export const argvKey = (argv: readonly string[]): string => JSON.stringify(argv);

export type MemoryFacts = {
  /** MemTotal: what the kernel manages. */
  readonly total: Reading<number>;
  readonly available: Reading<number>;
  /** LowTotal, on 32-bit PAE kernels only: kernel objects must fit here. */
  readonly low: Reading<number>;
  /** What is plugged in: online memory blocks, else MemTotal rounded up (DOMAIN, Memory). */
  readonly installed: Reading<number>;
};

export type MachineFacts = {
  readonly arch: Reading<string>;
  readonly wordBits: Reading<number>;
  readonly pageSize: Reading<number>;
  readonly cpus: Reading<number>;
};

export type KernelFacts = {
  readonly release: Reading<string>;
  readonly bootId: Reading<BootId>;
  readonly uptime: Reading<number>;
  readonly commandLine: Reading<string>;
};

export type OsFacts = {
  readonly id: Reading<string>;
  readonly version: Reading<string>;
  readonly like: Reading<string>;
  readonly name: Reading<string>;
};

export type GuestFacts = {
  /** `openvz`, `docker`, `podman`, `lxc`, `systemd-nspawn`, `container`, or `none`. */
  readonly container: Reading<string>;
  /** `kvm`, `xen`, `vmware`..., or absent on plain hardware as far as can be seen. */
  readonly machine: Reading<string>;
};

/** How conntrack stands in this kernel. `none`: no module to load and not built in, as far as the files tell. */
export type ConntrackState = "module" | "builtin" | "unloaded" | "none";

export type ConntrackFacts = {
  readonly state: Reading<ConntrackState>;
  /** The names in use: `nf` (2.6.20 and later) or `ip` (`ip_conntrack`). */
  readonly family: Reading<"nf" | "ip">;
  /** True where conntrack is in the running kernel, as a module or built in. */
  readonly loaded: Reading<boolean>;
  readonly builtin: Reading<boolean>;
  /** True where conntrack is a module, loaded or not: then modprobe.d and modules-load.d have a say. */
  readonly loadable: Reading<boolean>;
  /** May this user set the table size here? False in containers; absent while nothing is loaded. */
  readonly writable: Reading<boolean>;
  /** May the hash size be set through sysfs? */
  readonly hashsizeWritable: Reading<boolean>;
  /** False in a network namespace other than the first: there the values belong to the host below. */
  readonly firstNamespace: Reading<boolean>;
  readonly max: Reading<number>;
  readonly count: Reading<number>;
  /** count / max; absent where max is 0 (no limit). */
  readonly usage: Reading<number>;
  /** Buckets in force: sysfs hashsize, else the buckets sysctl, which older kernels show stale. */
  readonly buckets: Reading<number>;
  readonly bucketsFrom: Reading<"sysfs" | "sysctl">;
  /** Every conntrack sysctl of this host by its full key, as text. */
  readonly keys: ReadonlyMap<SysctlKey, string>;
  /** Keys that exist and could not be read. */
  readonly unreadableKeys: readonly SysctlKey[];
  /** Keys that this user may not write. */
  readonly readOnlyKeys: readonly SysctlKey[];
  /** Counters of /proc/net/stat/nf_conntrack, summed over CPUs by name, `entries` left out; the column of `chaintoolong` is called chainlength. */
  readonly statistics: Reading<ReadonlyMap<string, number>>;
  /** Bytes of slab per tracked connection. */
  readonly objectSize: Reading<number>;
};

export type ModuleFacts = {
  readonly loaded: Reading<readonly LoadedModule[]>;
  /** kernel.modules_disabled: until a reboot nothing can be loaded or unloaded. */
  readonly locked: Reading<boolean>;
};

export type LoadedModule = { readonly name: string; readonly references: number; readonly usedBy: readonly string[] };

export type FirewallFacts = {
  /** The one that is active, else enabled: `iptables-services`, `firewalld`, `nftables`, `ufw`, `netfilter-persistent`, or `none`. */
  readonly service: Reading<string>;
  readonly services: Reading<readonly FirewallService[]>;
};

export type FirewallService = { readonly name: string; readonly active: boolean; readonly enabled: boolean };

/** What uses connection tracking beyond loaded modules; read from /proc and from files, never by asking iptables. */
export type RuleFacts = {
  /** Tables that the kernel has (`nat`, `filter`), of IPv4 and IPv6 alike: /proc/net/ip_tables_names. */
  readonly tables: Reading<readonly string[]>;
  /** Does ipvs balance any service? /proc/net/ip_vs */
  readonly ipvs: Reading<boolean>;
  /** Lines of saved rules that need connection tracking: state and ctstate matches, NAT targets, nft `ct` and `masquerade`. */
  readonly saved: readonly ConfigLine[];
  /** Files of saved rules that could not be read. */
  readonly unreadable: readonly string[];
};

/** What stands in the way of a reboot. */
export type PowerFacts = {
  /** Locks of the mode `block` on shutdown: /run/systemd/inhibit. */
  readonly inhibitors: Reading<readonly Inhibitor[]>;
  /** Package programs that run now (`dpkg`, `dnf`), and `dpkg: interrupted` where its work was left half done. */
  readonly packageWork: Reading<readonly string[]>;
  /** Is reboot.target masked? */
  readonly masked: Reading<boolean>;
};

export type Inhibitor = { readonly who: string; readonly why: string };

/** The initramfs of the running kernel: modules that it loads get the options that it holds a copy of. */
export type BootImageFacts = {
  readonly path: Reading<string>;
  /** Files of modprobe.d and sysctl.d that are newer than the image. */
  readonly newer: Reading<readonly string[]>;
  /** Is the image told to load conntrack (dracut.conf.d, initramfs-tools/modules)? Where, as lines. */
  readonly loads: readonly ConfigLine[];
};

export type KernelLogFacts = {
  /** Where lines came from: `dmesg`, `journal` or a file's path. */
  readonly source: Reading<string>;
  /** Lines that say `table full, dropping packet`, within what was read: a lower bound, the kernel rate-limits them. */
  readonly full: Reading<number>;
  readonly suppressed: Reading<number>;
  /** Seconds since the newest such line; absent where there is none or it has no usable stamp. */
  readonly newestAge: Reading<number>;
  /** Such lines within the last hour. */
  readonly recent: Reading<number>;
};

export type ConfigFacts = {
  /** Every file that a boot or a service reads for sysctl, modprobe or module loading, in no order; missing folders are none. */
  readonly files: readonly string[];
  /** Files and folders that could not be read, and folders with names that cannot be shown: what they hold is unknown. */
  readonly unreadable: readonly string[];
  /** Lines that may have to do with conntrack. What a symbolic link leads to stands under the link's name. */
  readonly lines: readonly ConfigLine[];
};

export type ConfigLine = { readonly file: string; readonly line: number; readonly text: string };

/** A file that a play manages, as it stands on the host. */
export type FileState =
  | { readonly kind: "absent"; readonly folder: boolean }
  | {
      readonly kind: "regular";
      readonly sha256: string;
      /** The content; undefined where it is not UTF-8 or has NUL, and then it can be replaced but not edited. */
      readonly text: string | undefined;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly links: number;
    }
  | { readonly kind: "odd"; readonly what: "symbolic link" | "folder" | "special file" }
  | { readonly kind: "too_large"; readonly size: number }
  | { readonly kind: "unreadable"; readonly because: string };
