import type { Vars } from "../model/host.ts";
import type { Play } from "../model/play.ts";

/** A play with all that stands above the inventory, weakest first as with Ansible: its `vars`, its `vars_files`, `-e`. */
export const withVars = (play: Play, above: { readonly files: readonly Vars[]; readonly extra: Vars }): Play => ({
  ...play,
  vars: Object.assign(Object.create(null) as Vars, play.vars, ...above.files, above.extra) as Vars,
});
