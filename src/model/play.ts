import type { CommandPhase, EvenIf } from "./action.ts";
import type { HostPath, NonEmpty, SysctlKey } from "./brand.ts";
import type { BecomeMethod, Vars } from "./host.ts";
import type { Position } from "./problem.ts";

/** A playbook as it is used: defaults filled in, every key checked. */
export type Playbook = { readonly file: string; readonly plays: readonly Play[] };

export type Play = {
  readonly name: string;
  readonly hosts: string;
  readonly hostsAt: Position;
  readonly become: boolean | undefined;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: BecomeMethod | undefined;
  readonly serial: readonly BatchSize[];
  /** Percent of a batch that may fail; it must be exceeded to stop the play (Ansible's meaning). */
  readonly maxFailPercentage: number;
  /** So many may fail in the whole run; it must be exceeded to stop. Undefined: only the batches count. */
  readonly maxFail: BatchSize | undefined;
  readonly anyErrorsFatal: boolean;
  readonly order: HostOrder;
  /** Names of variables: hosts that have the same value for one of them are never in one batch. */
  readonly neverTogether: readonly string[];
  readonly neverTogetherAt: Position;
  /** Milliseconds between two batches. */
  readonly pause: number;
  /** A batch starts in one of these times; empty: at any. */
  readonly windows: readonly Window[];
  /** What must hold before each batch but the first. */
  readonly gates: readonly Gate[];
  /** What runs for each host before its change, and after it, whatever became of it. */
  readonly before: readonly Hook[];
  readonly after: readonly Hook[];
  readonly vars: Vars;
  /** Files of variables, the last wins; they stand above `vars`. */
  readonly varsFiles: readonly VarsFile[];
  readonly tasks: readonly Task[];
};

/** A file of variables that a play names; of several names the first that is there counts. */
export type VarsFile = { readonly names: NonEmpty<string>; readonly at: Position };

export type BatchSize =
  | { readonly kind: "count"; readonly hosts: number }
  | { readonly kind: "percent"; readonly percent: number };

/** As Ansible's `order`. A shuffled one is repeated with the same seed. */
export const hostOrders = ["inventory", "reverse_inventory", "sorted", "reverse_sorted", "shuffle"] as const;
export type HostOrder = (typeof hostOrders)[number];

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** A time of day on some days. One that ends before it begins goes on into the next day, and counts to the day of its beginning. */
export type Window = {
  readonly days: ReadonlySet<Weekday>;
  /** Minutes after midnight; `to` is not part of it. Equal: the whole day. */
  readonly from: number;
  readonly to: number;
  /** A name of the IANA time zone database, as `Europe/Berlin`. */
  readonly zone: string;
};

/** What must hold before a batch starts: looked at again and again until it does or the time is over. Unknown is closed. */
export type Gate = {
  readonly name: string;
  readonly at: Position;
  /** Milliseconds for which it is looked at again; 0: once. */
  readonly within: number;
  /** Milliseconds between two looks. */
  readonly every: number;
} & GateCheck;

export type GateCheck =
  /** True for every host that this run has changed, by facts gathered anew; `since.drops` counts drops since its change. */
  | { readonly kind: "facts"; readonly that: readonly Expression[] }
  | { readonly kind: "http"; readonly url: string; readonly status: readonly number[] }
  /** Exit status 0 is open. */
  | { readonly kind: "command"; readonly argv: NonEmpty<string> }
  /** An instant query: open where it gives a vector that is not empty, as an alert's expression fires; `absent`: where empty. */
  | {
      readonly kind: "prometheus";
      readonly url: string;
      readonly query: string;
      readonly expect: "present" | "absent";
    };

/** One program for one host: on the controller, or on the host as the play's user there. */
export type Hook = {
  readonly name: string;
  readonly at: Position;
  readonly where: "local" | "remote";
  /** Words, each a template of its own: `{{host.name}}`, `{{vars.lb_name}}`. No shell reads them. */
  readonly argv: NonEmpty<string>;
  /** Milliseconds. */
  readonly within: number;
};

/** A compiled `when` or `verify` line with its place, for messages. */
export type Expression = { readonly text: string; readonly at: Position };

export type Task = {
  readonly name: string;
  readonly when: readonly Expression[];
  readonly at: Position;
} & (ConntrackTask | TemplateTask | SettingsTask | AbsentTask | ModuleTask | CommandTask | ActivateTask | VerifyTask);

export type ConntrackTask = {
  readonly kind: "conntrack";
  readonly size: SizeRule | undefined;
  /** Seconds by short name (`tcp_established`). */
  readonly timeouts: ReadonlyMap<string, number>;
  /** Other conntrack keys by short name (`tcp_loose`, `acct`). */
  readonly settings: ReadonlyMap<string, number>;
  readonly allowLower: boolean;
};

/** Shares are fractions (0.05 for 5%). */
export type SizeRule = {
  /** Entries per bucket; absent: 1 from kernel 5.15 on, 4 before. */
  readonly bucketsRatio: number | undefined;
  readonly floor: number;
  readonly ceiling: number;
  readonly tolerance: number;
  /** Largest share of memory that a full table may take, now or after the next boot. */
  readonly guard: number;
} & (
  | { readonly rule: "memory"; readonly share: number }
  | { readonly rule: "classic" }
  | { readonly rule: "cores"; readonly perCore: number; readonly minimum: number }
  | { readonly rule: "fixed"; readonly max: number; readonly buckets: number | undefined }
);

export type Ownership = {
  /** Absent: what the file has; 0644 for a new one. */
  readonly mode: number | undefined;
  /** A name or a number as text. Absent: what the file has; root for a new one. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
};

export type TemplateTask = { readonly kind: "template"; readonly src: string; readonly dest: HostPath } & Ownership;

/** Sets or removes named settings in a file that belongs to the admin; every other byte is kept. */
export type SettingsTask = {
  readonly kind: "settings";
  readonly path: HostPath;
  readonly set: ReadonlyMap<string, string>;
  readonly absent: readonly string[];
  /** Lines to remove, as shell patterns over a whole line without the blanks around it. */
  readonly absentLines: readonly string[];
};

export type AbsentTask = { readonly kind: "absent"; readonly path: HostPath };
/** A kernel module that is to be loaded, or not to be. Its files (modules-load.d, blacklist) are other tasks' business. */
export type ModuleTask = { readonly kind: "module"; readonly module: string; readonly state: "present" | "absent" };

/** A program with its words; `unless` is asked by the probe, and 0 means that there is nothing to do. */
export type CommandTask = {
  readonly kind: "command";
  readonly argv: NonEmpty<string>;
  readonly unless: NonEmpty<string>;
  readonly undo: NonEmpty<string> | undefined;
  /** Milliseconds. */
  readonly within: number;
  readonly phase: CommandPhase;
};

/** How new values become live, the least disruptive first. */
export const ways = ["live", "reload", "reboot"] as const;
export type Way = (typeof ways)[number];

export type ActivateTask = {
  readonly kind: "activate";
  /** `auto`: the least disruptive of `allow` that reaches the goal. */
  readonly with: "none" | Way | "auto";
  readonly allow: readonly Way[];
  readonly evenIf: readonly EvenIf[];
  /** Milliseconds until a rebooted host must be back, and for which it must stay so. */
  readonly rebootWithin: number;
  readonly stable: number;
  /** Milliseconds after which the host puts a change back that nobody has confirmed. Undefined: it never does. */
  readonly confirmWithin: number | undefined;
};

/** Where a play does not say otherwise. Milliseconds. */
export const usualConfirmWithin = 120_000;

export type VerifyTask = {
  readonly kind: "verify";
  readonly that: readonly Expression[];
  /** What becomes of an applied change that one of these does not hold for. */
  readonly otherwise: "keep" | "revert";
};

/** Conntrack values wanted on one host, after sizing. */
export type Desired = {
  readonly max: number | undefined;
  readonly buckets: number | undefined;
  /** Timeouts by the full key that this host's kernel has. */
  readonly timeouts: ReadonlyMap<SysctlKey, number>;
  /** Every sysctl that is wanted, max and timeouts and settings, as the host's kernel names them. */
  readonly keys: ReadonlyMap<SysctlKey, number>;
};
