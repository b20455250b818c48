import type { HostPath, SysctlKey } from "./brand.ts";
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
    };
