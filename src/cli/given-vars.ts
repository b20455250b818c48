import type { Vars } from "../model/host.ts";
import type { Checked } from "../model/problem.ts";
import { type Vault, vaultOf } from "../source/vault.ts";
import { askSecret, canAsk } from "./ask.ts";
import { parseExtraVars } from "./extra-vars.ts";
import type { FleetOptions } from "./options.ts";
import { vaultSecrets } from "./vault.ts";

/** What the command line says of variables: the passwords of vaults, and `-e`. */
export type GivenVars = { readonly vault: Vault; readonly extra: Vars };

/** Asks for vault passwords where it was told to, and reads `-e`. */
export const readGivenVars = async (options: FleetOptions): Promise<Checked<GivenVars>> => {
  const secrets = await vaultSecrets(options, canAsk() ? askSecret : undefined);
  if (secrets.kind === "problems") return secrets;
  const vault = vaultOf(secrets.value);
  const extra = await parseExtraVars(options.extraVars ?? [], vault);
  return extra.kind === "problems" ? extra : { kind: "ok", value: { vault, extra: extra.value } };
};
