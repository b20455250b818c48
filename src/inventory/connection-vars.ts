import type { BecomeMethod } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { isConnectionVariable } from "./draft.ts";

/** Names of one field of a connection; of several that are set, the last one wins, as with Ansible. */
export const names = {
  address: ["ansible_host", "ansible_ssh_host"],
  port: ["ansible_port", "ansible_ssh_port"],
  user: ["ansible_user", "ansible_ssh_user"],
  privateKeyFile: ["ansible_private_key_file", "ansible_ssh_private_key_file"],
  password: ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"],
  timeout: ["ansible_timeout", "ansible_ssh_timeout"],
  connection: ["ansible_connection"],
  executable: ["ansible_ssh_executable"],
  keyChecking: ["ansible_host_key_checking", "ansible_ssh_host_key_checking"],
  args: ["ansible_ssh_args"],
  commonArgs: ["ansible_ssh_common_args"],
  extraArgs: ["ansible_ssh_extra_args"],
  become: ["ansible_become"],
  becomeMethod: ["ansible_become_method"],
  transport: ["ctfleet_transport"],
  root: ["ctfleet_root"],
  lab: ["ctfleet_lab"],
} as const;

const becomeOptions = (method: BecomeMethod) =>
  ({
    user: ["ansible_become_user", `ansible_${method}_user`],
    exe: ["ansible_become_exe", `ansible_${method}_exe`],
    flags: ["ansible_become_flags", `ansible_${method}_flags`],
    pass: ["ansible_become_password", "ansible_become_pass", `ansible_${method}_pass`],
  }) as const;

/** Names that Ansible's plugin for a method takes for its options. */
export const becomeNames = { sudo: becomeOptions("sudo"), su: becomeOptions("su"), doas: becomeOptions("doas") };

const honoured = new Set<string>([...Object.values(names).flat(), ...Object.values(becomeNames.sudo).flat()]);

/** Of Ansible's own way of running modules and moving files, or facts: they mean nothing here and change nothing. */
const harmless =
  /^ansible_(?:ssh_(?:pipelining|transfer_method|use_tty|retries|host_key_(?!checking).*)|become_(?:prompt_l10n|plugin))$/;

/** What is wrong with a variable of this name, whatever its value; undefined where nothing is. */
export const nameFault = (name: string, connection: string): string | undefined => {
  if (!isConnectionVariable(name) || honoured.has(name) || harmless.test(name)) return undefined;
  if (
    /^ansible_(?:ssh|become)_/.test(name) ||
    (name.startsWith("ansible_paramiko_") && connection.startsWith("paramiko"))
  )
    return `${visible(name)} is not honoured, and would change how the host is reached`;
  if (name.startsWith("ctfleet_"))
    return `${visible(name)} is not known; "ctfleet_root", "ctfleet_lab" and "ctfleet_transport" are the only such variables`;
  return undefined;
};
