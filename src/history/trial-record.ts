import { z } from "zod";
import type { RunId } from "../model/brand.ts";

/**
 * What `persist RUN` needs of a trial: what was asked for, and of which hosts. Paths are absolute. Variables given with `-e`
 * are not in it: they may be secrets.
 */
export type TrialRecord = {
  readonly run: RunId;
  readonly playbook: string;
  /** Milliseconds since 1970, by this machine's clock: for people, no decision hangs on it. */
  readonly ends: number;
  readonly hosts: readonly string[];
  readonly hadExtraVars: boolean;
  /** Options of the command line as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
};

/** A run's id; the name of a file, so nothing else may pass. */
export const runPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4,16}$/;

/** One shape for options of these names. */
const each = <Name extends string, Shape extends z.ZodType>(names: readonly Name[], shape: Shape) =>
  Object.fromEntries(names.map((name) => [name, shape])) as Record<Name, Shape>;
const texts = <Name extends string>(...names: readonly Name[]) => each(names, z.string().optional());
const flags = <Name extends string>(...names: readonly Name[]) => each(names, z.boolean().optional());
const lists = <Name extends string>(...names: readonly Name[]) => each(names, z.array(z.string()).optional());

const written = z.strictObject({
  schema: z.literal(1),
  run: z.string().regex(runPattern),
  playbook: z.string(),
  ends: z.number(),
  hosts: z.array(z.string()),
  hadExtraVars: z.boolean(),
  options: z.strictObject({
    ...texts(
      "becomeMethod",
      "becomeUser",
      "user",
      "privateKey",
      "sshConfig",
      "sshCommonArgs",
      "transport",
      "knownHosts",
    ),
    ...flags("askVaultPass", "become", "askBecomePass", "askPass"),
    ...lists("inventory", "vaultPasswordFile", "vaultId"),
    connectTimeout: z.number().optional(),
  }),
});

export const trialText = (record: TrialRecord): string => `${JSON.stringify({ schema: 1, ...record }, undefined, 2)}\n`;

/** Undefined where the text is not a record that this version wrote. */
export const parseTrial = (text: string): TrialRecord | undefined => {
  try {
    const { run, playbook, ends, hosts, hadExtraVars, options } = written.parse(JSON.parse(text));
    return { run: run as RunId, playbook, ends, hosts, hadExtraVars, options };
  } catch {
    return undefined;
  }
};
