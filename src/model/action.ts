import type { HostPath, SysctlKey } from "./brand.ts";

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
    }
  | {
      readonly kind: "remove";
      readonly task: string;
      readonly path: HostPath;
      readonly from: FileBasis;
      readonly before: string | undefined;
    }
  | { readonly kind: "set_hashsize"; readonly task: string; readonly to: number; readonly from: number }
  | {
      readonly kind: "set";
      readonly task: string;
      readonly key: SysctlKey;
      readonly to: string;
      readonly from: string;
    };
