import type { HostName } from "./brand.ts";

/** Values of inventory variables: what YAML can hold, and what came out of a vault. */
export type Value = string | number | boolean | null | Vaulted | readonly Value[] | { readonly [name: string]: Value };
export type Vars = { readonly [name: string]: Value };

/** A host of the inventory with its variables merged as Ansible merges them. */
export type InventoryHost = {
  readonly name: HostName;
  /** Every group that holds it, nearest last, `all` left out. */
  readonly groups: readonly string[];
  readonly vars: Vars;
};

/** A host that a command is about to reach: its connection variables were checked. */
export type Host = InventoryHost & { readonly connection: Connection };

export const transports = ["auto", "ssh2", "openssh"] as const;
export type Transport = (typeof transports)[number];

export const becomeMethods = ["sudo", "su", "doas"] as const;
export type BecomeMethod = (typeof becomeMethods)[number];

/**
 * What the inventory says of how to reach a host: parsed and checked once from its connection variables. What is
 * undefined is not said there: the command line, ssh_config and the defaults follow, in this order.
 */
export type Connection = {
  /** `ansible_host`, else the host's name: what one would type after `ssh`. ssh_config may turn it into another name. */
  readonly address: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly password: Secret | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly transport: Transport | undefined;
  /** `ansible_ssh_common_args` and `ansible_ssh_extra_args` as ssh_config settings, first value first. */
  readonly sshOptions: readonly SshOption[];
  /** `-F FILE` among those arguments. */
  readonly sshConfigFile: string | undefined;
  readonly become: boolean | undefined;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: BecomeMethod | undefined;
  readonly becomePassword: Secret | undefined;
  /** The program to become with, where it is not the method's own name. */
  readonly becomeExe: string | undefined;
  /** Further arguments for that program. */
  readonly becomeFlags: readonly string[];
  /** Prefix of every path that the scripts touch, for images, chroots and the lab; empty for a real host. */
  readonly root: string;
  /** A practice host: the folder at `root` has a /proc and /sys of its own, so that live values can be set there. */
  readonly lab: boolean;
};

/** One setting of ssh_config, as `-o Keyword=value` has it; the keyword in lower case. */
export type SshOption = { readonly keyword: string; readonly value: string };

/** Text that must not reach a log, a report or an argument list. Its value is taken only where it is written to a peer. */
export type Secret = { readonly reveal: () => string };

/** Keeps a secret out of JSON, inspection and string conversion. */
export const secret = (text: string): Secret => Object.freeze({ reveal: () => text });

/** What is in a vault, or why it cannot be had (no password, none that fits, damaged text), with the place. */
export type Opened =
  | { readonly kind: "ok"; readonly plain: string | number }
  | { readonly kind: "fault"; readonly because: string };

/**
 * A variable that stands in a vault. It is opened when it is first needed: one that nobody uses costs nothing and needs
 * no password. JSON, inspection and string conversion show nothing of it; whoever opens it answers for where it goes.
 */
export class Vaulted {
  readonly #work: () => Opened;
  #opened: Opened | undefined;
  /** The text that `!vault` stands before; undefined where a whole file is encrypted. */
  readonly encrypted: string | undefined;

  constructor(content: string | number | (() => Opened), encrypted: string | undefined) {
    this.#work = typeof content === "function" ? content : () => ({ kind: "ok", plain: content });
    this.encrypted = encrypted;
  }

  /** The content, with its type in YAML; never throws. Input that is checked goes through here, and a fault is a problem. */
  readonly open = (): Opened => {
    this.#opened ??= this.#work();
    return this.#opened;
  };

  /** The content as text, where `open` gave one before. */
  readonly reveal = (): string => {
    const opened = this.open();
    if (opened.kind === "fault") throw new Error(`a vault was not checked before its use: ${opened.because}`);
    return String(opened.plain);
  };

  readonly toString = (): string => mask;
  readonly toJSON = (): string => mask;
}

/** What stands where a secret would. */
export const mask = "********";
