import { z } from "zod";

/** One shape for options of these names. */
const each = <Name extends string, Shape extends z.ZodType>(names: readonly Name[], shape: Shape) =>
  Object.fromEntries(names.map((name) => [name, shape])) as Record<Name, Shape>;
const texts = <Name extends string>(...names: readonly Name[]) => each(names, z.string().optional());
const flags = <Name extends string>(...names: readonly Name[]) => each(names, z.boolean().optional());
const lists = <Name extends string>(...names: readonly Name[]) => each(names, z.array(z.string()).optional());

/** Options of the command line that say which hosts and how to reach them, as a record of a run has them. */
export const wayOptions = {
  ...texts("becomeMethod", "becomeUser", "user", "privateKey", "sshConfig", "sshCommonArgs", "transport", "knownHosts"),
  ...flags("askVaultPass", "become", "askBecomePass", "askPass"),
  ...lists("inventory", "vaultPasswordFile", "vaultId"),
  connectTimeout: z.number().optional(),
};
