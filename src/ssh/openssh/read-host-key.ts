import type { Failure } from "../../model/failure.ts";
import type { Log } from "./read-log.ts";

type Why = Pick<Failure, "code" | "detail">;

/** Why the program does not take a host's key: for a log that says so. */
export const hostKeyFailure = ({ all, plain }: Log): Why => {
  const text = plain.join("\n");
  const [, type = "a", print = ""] =
    /^debug1: Server host key: (\S+) (SHA256:\S+)/m.exec(all.join("\n")) ??
    /^The fingerprint for the (\S+) key .*\n(SHA256:[^\s.]+)/m.exec(text) ??
    [];
  const name = named.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined) ?? "the host";
  const shown = print === "" ? `${name} shows another key` : `${name} shows the ${type} key ${print}`;
  if (/ was revoked| is marked as revoked/.test(text)) {
    return { code: "host_key_revoked", detail: `${shown}, which a known_hosts file revokes` };
  }
  if (text.includes("IDENTIFICATION HAS CHANGED"))
    return { code: "host_key_changed", detail: changed(shown, name, text) };
  const invalid = /^(?:Certificate invalid|.*host certificate.*): (.+)$/im.exec(text)?.[1];
  return {
    code: "host_key_unknown",
    detail: `${shown}, ${invalid === undefined ? "" : `its certificate is not valid (${invalid}), `}and no line for it in the known_hosts files: compare the fingerprint with the host's own, then add it (--accept-new-host-keys)`,
  };
};

const named = [
  /^No \S+ host key is known for (\S+) and/m,
  /^Host key for (\S+) has changed/m,
  /host key for (\S+) (?:is marked as|was) revoked/m,
];

const changed = (shown: string, name: string, text: string): string => {
  const [, file, line] = /^Offending \S+ key in (.+):(\d+)$/m.exec(text) ?? [];
  return file === undefined
    ? `${shown}, but a known_hosts file has another one: find out why before you remove that line`
    : `${shown}, but ${file}:${line} has another one: find out why, and only then remove that line (ssh-keygen -R '${name}' -f ${file})`;
};
