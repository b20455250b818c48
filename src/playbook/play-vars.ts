import type { Vars } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import { mergeVars } from "../model/vars.ts";

/** A play with all that stands above the inventory, weakest first as with Ansible: its `vars`, its `vars_files`, `-e`. */
export const withVars = (play: Play, above: { readonly files: readonly Vars[]; readonly extra: Vars }): Play => ({
  ...play,
  vars: mergeVars(play.vars, ...above.files, above.extra),
});
