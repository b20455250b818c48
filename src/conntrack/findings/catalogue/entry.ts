import type { Severity } from "../../../model/finding.ts";

/** One finding as the product knows it: what a report says of it, and what `ctfleet explain CODE` says beyond that. */
export type Entry = {
  /** The usual one. */
  readonly severity: Severity;
  /** How grave it is where it is a fault right now; `severity` where nothing is said. */
  readonly worst?: Severity;
  readonly title: string;
  readonly remedy: string;
  /** What it means for the host. */
  readonly means: string;
  /** The mechanism: kernel versions, files, programs. */
  readonly why: string;
  /** Commands for the host that show it and change nothing. */
  readonly see: readonly string[];
  /** Lines of files and plays that cure it. */
  readonly cure: readonly string[];
  /** When it may be left as it is. */
  readonly ignore: string;
};
