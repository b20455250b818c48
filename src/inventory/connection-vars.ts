import type { Value } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { hostNameFault } from "./names.ts";

/** What is wrong with the value of a connection variable; `written` is how it stands in the file, where that is known. */
type Check = (value: Value, written: string | undefined) => string | undefined;

const isText = (value: Value, test: (text: string) => boolean, expected: string): string | undefined =>
  typeof value === "string" && test(value) ? undefined : `${show(value)} is not ${expected}`;

const show = (value: Value): string => visible(JSON.stringify(value));

const port: Check = (value, written) => {
  if (typeof value === "number" && written !== undefined && !/^\d+$/.test(written)) return notAPort(written);
  if (typeof value === "number" && written?.startsWith("0") === true && value !== 0)
    return `${written} is octal in YAML and reads as ${value}; write the port without the leading 0`;
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65535) return notAPort(show(value));
  return undefined;
};
const notAPort = (found: string): string => `${visible(found)} is not a port (1-65535)`;

const address: Check = (value) =>
  typeof value === "string" ? hostNameFault(value) : `${show(value)} is not a host name or an address`;
const user: Check = (value) => isText(value, (text) => /^\w[\w.@\\+$-]{0,255}$/.test(text), "the name of a user");
const file: Check = (value) => isText(value, (text) => /^[^\p{Cc}]{1,4096}$/u.test(text), "the path of a file");
// the value itself must not be shown
const password: Check = (value) =>
  typeof value === "string" && !/[\r\n\0]/.test(value) && value !== ""
    ? undefined
    : "a password is one line of text; quote it";
const flag: Check = (value) => (asFlag(value) === undefined ? `${show(value)} is not yes or no` : undefined);
const method: Check = (value) =>
  value === "sudo" || value === "ansible.builtin.sudo"
    ? undefined
    : `${show(value)} is not honoured yet; "sudo" is the only method`;
const connection: Check = (value) =>
  typeof value === "string" && /^(?:ansible\.builtin\.)?(?:ssh|smart|paramiko|paramiko_ssh)$/.test(value)
    ? undefined
    : `${show(value)} is not honoured yet; hosts are reached by ssh`;
const root: Check = (value) =>
  isText(
    value,
    (text) => text === "" || (/^(?:\/[\w@+=.-]+)+$/.test(text) && !/\/\.\.?(?:\/|$)/.test(text)),
    "an absolute path without . and ..",
  );
const keyChecking: Check = (value) =>
  asFlag(value) === true ? undefined : "host keys are always checked; this cannot be turned off";

/** Honoured variables by name; of several spellings of one thing, the later here wins, as with Ansible. */
const honoured = new Map<string, Check>([
  ["ansible_host", address],
  ["ansible_ssh_host", address],
  ["ansible_port", port],
  ["ansible_ssh_port", port],
  ["ansible_user", user],
  ["ansible_ssh_user", user],
  ["ansible_private_key_file", file],
  ["ansible_ssh_private_key_file", file],
  ["ansible_password", password],
  ["ansible_ssh_pass", password],
  ["ansible_ssh_password", password],
  ["ansible_become", flag],
  ["ansible_become_user", user],
  ["ansible_become_method", method],
  ["ansible_connection", connection],
  ["ansible_host_key_checking", keyChecking],
  ["ansible_ssh_host_key_checking", keyChecking],
  ["ctfleet_root", root],
  ["ctfleet_lab", flag],
]);

/** Of Ansible's own way of running modules: they mean nothing here and change nothing. */
const harmless = new Set(
  ["pipelining", "transfer_method", "use_tty", "retries"]
    .map((name) => `ansible_ssh_${name}`)
    .concat("ansible_sftp_batch_mode"),
);

const changesConnection =
  /^ansible_(?:ssh|paramiko|become|sudo|su|scp|sftp|timeout|connection|control_path|winrm|psrp)(?:_|$)/;
const otherSecret = /^ansible_(?:.*_)?(?:pass|password|passphrase)$/;

/** What is wrong with a variable as a connection variable; undefined where nothing is, or where it is not one. */
export const connectionFault = (name: string, value: Value, written: string | undefined): string | undefined => {
  const check = honoured.get(name);
  if (check === undefined)
    return changesConnection.test(name) && !harmless.has(name)
      ? `${visible(name)} is not honoured yet, and would change how the host is reached`
      : unknownOfOurs(name);
  if (typeof value === "string" && /\{[{%#]/.test(value))
    return `${name} holds a template ({{ }}); connection variables are plain values`;
  return check(value, written);
};

const unknownOfOurs = (name: string): string | undefined =>
  name.startsWith("ctfleet_")
    ? `${visible(name)} is not known; "ctfleet_root" and "ctfleet_lab" are the only such variables`
    : undefined;

export const isSecretVariable = (name: string): boolean => otherSecret.test(name);

const yes = new Set(["yes", "true", "on", "1", "y", "t"]);
const no = new Set(["no", "false", "off", "0", "n", "f"]);

/** Ansible's words for true and false; undefined for anything else. */
export const asFlag = (value: Value): boolean | undefined => {
  if (typeof value === "object") return undefined;
  const word = String(value).toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : undefined;
};
