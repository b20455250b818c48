import type { Position } from "../../model/problem.ts";
import type { Criterion } from "./match.ts";
import type { Matcher } from "./pattern.ts";
import type { Setting } from "./statement.ts";

/** The SSH configuration of this account, read once: its files in the order in which they count. */
export type SshConfig = {
  readonly files: readonly ConfigFile[];
  /** `-F FILE`, or `none`; undefined: the usual files. */
  readonly given: string | undefined;
  /** Does a Match final stand anywhere? Then everything is gone through twice for every host. */
  readonly hasFinal: boolean;
};

/** A file is a list of blocks: what stands before its first Host or Match, then one for each of these. */
export type ConfigFile = { readonly blocks: readonly Block[] };

export type Block = { readonly when: Condition; readonly steps: readonly Step[] };

export type Condition =
  | { readonly kind: "always" }
  | { readonly kind: "host"; readonly matches: Matcher }
  | { readonly kind: "match"; readonly criteria: readonly Criterion[]; readonly at: Position };

export type Step =
  | { readonly kind: "set"; readonly setting: Setting }
  | { readonly kind: "include"; readonly files: readonly ConfigFile[] };

/** No file at all. */
export const emptyConfig: SshConfig = { files: [], given: "none", hasFinal: false };
