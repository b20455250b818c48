import { mask, type Vars, Vaulted } from "../model/host.ts";
import { mergeVars } from "../model/vars.ts";

/** True for Ansible's variables that hold a password: `ansible_password`, `ansible_sudo_pass`... */
export const isSecretVariable = (name: string): boolean =>
  name.startsWith("ansible_") && /^ansible_(?:.*_)?(?:pass|password|passphrase)$/.test(name);

/** The same variables with every password hidden, for templates and reports; what came out of a vault hides itself. */
export const masked = (vars: Vars): Vars => {
  const secrets = Object.keys(vars).filter((name) => isSecretVariable(name) && !(vars[name] instanceof Vaulted));
  if (secrets.length === 0) return vars;
  return mergeVars(vars, Object.fromEntries(secrets.map((name) => [name, mask])));
};
