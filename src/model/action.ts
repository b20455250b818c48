import type { BootId, HostPath, NonEmpty, RunId, SysctlKey } from "./brand.ts";
import type { Secret } from "./host.ts";

/** The state of a file that an action was planned from; the host checks it before its first change. */
export type FileBasis =
  | { readonly kind: "absent" }
  | {
      readonly kind: "regular";
      readonly sha256: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** One typed change. Each carries what it was planned from (`from`). */
export type Action =
  | {
      readonly kind: "write";
      readonly task: string;
      readonly path: HostPath;
      readonly text: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly from: FileBasis;
      /** Text before the change, for the diff; undefined where it was not readable as text. */
      readonly before: string | undefined;
      /** What stands in `text` and came out of a vault: no output shows it. */
      readonly secrets: readonly Secret[];
    }
  | {
      readonly kind: "remove";
      readonly task: string;
      readonly path: HostPath;
      readonly from: FileBasis;
      readonly before: string | undefined;
      readonly secrets: readonly Secret[];
    }
  | { readonly kind: "set_hashsize"; readonly task: string; readonly to: number; readonly from: number }
  | {
      readonly kind: "set";
      readonly task: string;
      readonly key: SysctlKey;
      readonly to: string;
      readonly from: string;
    }
  | {
      readonly kind: "load_module";
      readonly task: string;
      readonly module: string;
      /** Where conntrack comes with it: values that the play wants, and that it has not had until now. */
      readonly then: LiveValues;
    }
  /** In the order in which nothing holds the next one. */
  | { readonly kind: "unload_modules"; readonly task: string; readonly modules: NonEmpty<string> }
  | {
      /** Unloads and loads: the module takes the hash size of modprobe.d anew. Every tracked connection is forgotten. */
      readonly kind: "reload_modules";
      readonly task: string;
      readonly unload: NonEmpty<string>;
      /** In the order of loading: each brings what it needs. */
      readonly load: NonEmpty<string>;
      readonly then: LiveValues;
    }
  | {
      /** Restarts the firewall as the host runs it, so that its rules, its modules and its sysctl list are read again. */
      readonly kind: "restart_firewall";
      readonly task: string;
      readonly service: FirewallName;
      /** What the play accepts to lose (`even_if`). */
      readonly evenIf: readonly EvenIf[];
      /** What the restart does to the module, by what the host's own start script says. */
      readonly unloads: boolean;
      readonly then: LiveValues;
    }
  | {
      /** The last of all. At most one for each host and run. */
      readonly kind: "reboot";
      readonly task: string;
      /** The boot that it is to end. */
      readonly from: BootId;
      /** Milliseconds until the host must be back, and for which it must stay so. */
      readonly within: number;
      readonly stable: number;
    }
  /** What a trial has set stays: its timer on the host is taken away. */
  | { readonly kind: "end_trial"; readonly task: string; readonly run: RunId }
  | {
      /** A program of the play's own, where its `unless` did not end with 0. No shell reads its words. */
      readonly kind: "run";
      readonly task: string;
      readonly argv: NonEmpty<string>;
      /** What takes it back, run when the change is put back. Undefined: it cannot be taken back, and a revert says so. */
      readonly undo: NonEmpty<string> | undefined;
      /** Milliseconds, for each of the two. */
      readonly within: number;
      readonly when: CommandPhase;
    };

/** Where a command of a play runs: by where it stands among the tasks. */
export const commandPhases = ["before_files", "after_files", "after_activation"] as const;
export type CommandPhase = (typeof commandPhases)[number];

/** Values to be set once a reload is over, where it did not bring them itself. Buckets, and values by key. */
export type LiveValues = {
  readonly hashsize: number | undefined;
  readonly keys: ReadonlyMap<SysctlKey, string>;
  /** Those of them that the play does not name: they are to be as they were. */
  readonly kept?: ReadonlySet<string>;
};

/** Firewall services that can be restarted, as `facts.firewall.service` names them. */
export const firewallNames = [
  "iptables-services",
  "netfilter-persistent",
  "firewalld",
  "ufw",
  "nftables",
  "iptables",
] as const;
export type FirewallName = (typeof firewallNames)[number];

/**
 * Reasons against a restart that a play may overrule: programs that keep rules of their own there, and live rules that are
 * not the saved ones.
 */
export const evenIfs = ["docker", "kube-proxy", "libvirt", "fail2ban", "rules_differ"] as const;
export type EvenIf = (typeof evenIfs)[number];
