import type { InventoryHost, Vars } from "../model/host.ts";
import { mergeVars } from "../model/vars.ts";
import { isIpv6 } from "./address.ts";

/** Names that Ansible sets itself, and leaves out where it prints a host's variables. */
export const internalVars: ReadonlySet<string> = new Set([
  ...["ansible_diff_mode", "ansible_config_file", "ansible_facts", "ansible_forks", "ansible_inventory_sources"],
  ...["ansible_limit", "ansible_playbook_python", "ansible_run_tags", "ansible_skip_tags", "ansible_verbosity"],
  ...["ansible_version", "inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short", "groups"],
  ...["group_names", "omit", "playbook_dir"],
]);

/** Variables, and those that Ansible gives each host: `inventory_hostname`, `inventory_hostname_short`, `group_names`. */
export const withMagic = ({ name, groups }: InventoryHost, vars: Vars): Vars =>
  mergeVars(vars, {
    inventory_hostname: name,
    inventory_hostname_short: isAddress(name) ? name : (name.split(".")[0] ?? name),
    group_names: [...groups].sort(),
  });

const isAddress = (name: string): boolean => isIpv6(name) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
