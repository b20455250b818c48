import type { FailureCode } from "../model/failure.ts";
import type { HostKeyVerdict } from "./host-key-verdict.ts";
import { fingerprint, type KnownAs, type KnownHost, keyType, nameOf } from "./known-hosts.ts";

/** A host's key that was not accepted. */
export type RefusedKey = {
  readonly verdict: HostKeyVerdict;
  readonly key: Uint8Array;
  readonly host: KnownAs;
  readonly files: readonly string[];
  /** What became of a new key that was not refused at once: "which ...". */
  readonly because?: string;
};

export const hostKeyCode = (verdict: HostKeyVerdict): FailureCode => {
  switch (verdict.kind) {
    case "changed":
      return "host_key_changed";
    case "revoked":
      return "host_key_revoked";
    case "authority":
    case "known":
    case "unknown":
      return "host_key_unknown";
  }
};

const place = ({ file, line }: KnownHost): string => `${file}:${line}`;

/** The facts, and the names that a command needs; what to do next is said with the failure's code. */
export const hostKeyDetail = ({ verdict, key, host, files, because }: RefusedKey): string => {
  const name = nameOf(host);
  const shown = `${name} shows the ${keyType(key) ?? "odd"} key ${fingerprint(key)}`;
  switch (verdict.kind) {
    case "changed":
      return `${shown}, but ${place(verdict.entry)} has another one (to remove that: ssh-keygen -R '${name}' -f ${verdict.entry.file})`;
    case "revoked":
      return `${shown}, which ${place(verdict.entry)} revokes`;
    case "authority":
      return `${shown}, and only who certifies it is known (${place(verdict.entry)}): its certificate is verified with --transport openssh`;
    case "known":
    case "unknown":
      return because === undefined
        ? `${shown}, and there is no line for it in ${files.join(", ") || "any file"}`
        : `${shown}, ${because}`;
  }
};
