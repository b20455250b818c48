import type { HostName } from "./brand.ts";

/** Values of inventory variables: what YAML can hold. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Vars = { readonly [name: string]: Value };

/** A host of the inventory with its variables merged as Ansible merges them. */
export type Host = {
  readonly name: HostName;
  /** Every group that holds it, nearest last, `all` left out. */
  readonly groups: readonly string[];
  readonly vars: Vars;
  readonly connection: Connection;
};

/** How to reach a host: parsed and checked once from its connection variables. */
export type Connection = {
  readonly address: string;
  readonly port: number;
  /** Absent: the user who runs ctfleet. */
  readonly user: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly password: Secret | undefined;
  readonly become: boolean | undefined;
  readonly becomeUser: string | undefined;
  /** Prefix of every path that the scripts touch, for images, chroots and the lab; empty for a real host. */
  readonly root: string;
  /** A practice host: the folder at `root` has a /proc and /sys of its own, so that live values can be set there. */
  readonly lab: boolean;
};

/** Text that must not reach a log, a report or an argument list. Its value is taken only where it is written to a peer. */
export type Secret = { readonly reveal: () => string };

/** Keeps a secret out of JSON, inspection and string conversion. */
export const secret = (text: string): Secret => Object.freeze({ reveal: () => text });
