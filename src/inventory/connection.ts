import type { HostName } from "../model/brand.ts";
import { type Connection, secret, type Vars } from "../model/host.ts";
import { asFlag } from "./connection-vars.ts";

/** How to reach a host, from merged variables that `connectionFault` found no fault in. */
export const connectionOf = (name: HostName, vars: Vars): Connection => {
  const password = text(vars, "ansible_password", "ansible_ssh_pass", "ansible_ssh_password");
  const become = vars.ansible_become;
  return {
    address: text(vars, "ansible_host", "ansible_ssh_host") ?? name,
    port: Number(text(vars, "ansible_port", "ansible_ssh_port") ?? 22),
    user: text(vars, "ansible_user", "ansible_ssh_user"),
    privateKeyFile: text(vars, "ansible_private_key_file", "ansible_ssh_private_key_file"),
    password: password === undefined ? undefined : secret(password),
    become: become === undefined ? undefined : asFlag(become),
    becomeUser: text(vars, "ansible_become_user"),
    root: text(vars, "ctfleet_root") ?? "",
    lab: asFlag(vars.ctfleet_lab ?? false) ?? false,
  };
};

/** The last of these variables that is set: Ansible's rule for two spellings of one thing. */
const text = (vars: Vars, ...names: readonly string[]): string | undefined => {
  const value = names.map((name) => vars[name]).findLast((one) => one !== undefined);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
};
