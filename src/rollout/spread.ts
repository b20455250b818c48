import type { Host, Value } from "../model/host.ts";
import { Vaulted } from "../model/host.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { playVars } from "../plan/variables.ts";

/** What keeps a host from another: its value of a variable, as type and text. Undefined: it has one that cannot be known. */
export type Mark = { readonly variable: string; readonly value: string | undefined };

/**
 * What `never_together` compares of a host. Who lacks the variable, or has null there, is free. Values are alike where type
 * and text are: `1` and `"1"` are two racks. Jinja in them is worked out, and vaults are opened, as for a template.
 */
export const marksOf = ({ play }: CompiledPlay, host: Host): readonly Mark[] => {
  if (play.neverTogether.length === 0) return [];
  const uses = play.neverTogether.map((name) => ({ name, at: play.hostsAt }));
  const { vars, faults } = playVars(play, host, uses);
  return play.neverTogether.flatMap((variable) => {
    if (faults.has(variable)) return [{ variable, value: undefined }];
    const value = Object.hasOwn(vars, variable) ? vars[variable] : undefined;
    return value === undefined || value === null ? [] : [{ variable, value: textOf(value) }];
  });
};

const textOf = (value: Value): string | undefined => {
  if (!(value instanceof Vaulted)) return JSON.stringify(value);
  const opened = value.open();
  return opened.kind === "ok" ? JSON.stringify(opened.plain) : undefined;
};
