import { dirname, isAbsolute, join } from "node:path";
import type { Vars } from "../model/host.ts";
import type { VarsFile } from "../model/play.ts";
import { type Checked, checked, type Problem } from "../model/problem.ts";
import { firstText } from "./first-text.ts";
import { fromHome } from "./home.ts";
import type { NamedText } from "./read-text.ts";
import { variablesInFile } from "./variables.ts";
import type { Vault } from "./vault.ts";
import { visible } from "./visible.ts";

/** What a play's files of variables hold, and the texts that it stands in. */
export type ReadVars = { readonly vars: readonly Vars[]; readonly texts: readonly NamedText[] };

/**
 * The variables of each file that a play names in `vars_files`, in their order. A relative name is looked up in `vars/`
 * beside the playbook, then beside the playbook itself, as with Ansible. Names that lead to no file are a problem at
 * their place in the playbook.
 */
export const readVarsFiles = async (
  playbook: string,
  files: readonly VarsFile[],
  vault: Vault,
): Promise<Checked<ReadVars>> => {
  const vars: Vars[] = [];
  const texts: NamedText[] = [];
  const problems: Problem[] = [];
  for (const { names, at } of files) {
    const text = await firstText(names.flatMap((name) => placesOf(name, dirname(playbook))));
    if (text?.kind === "ok") texts.push(text.value);
    const message = `there is no file ${names.map(visible).join(" or ")} in ${dirname(playbook)} or its vars folder`;
    const read = text === undefined ? undefined : text.kind === "ok" ? variablesInFile(text.value, { vault }) : text;
    if (read === undefined) problems.push({ at, path: "vars_files", message });
    else if (read.kind === "ok") vars.push(read.value);
    else problems.push(...read.problems);
  }
  return checked({ vars, texts }, problems);
};

const placesOf = (name: string, beside: string): readonly string[] => {
  const path = fromHome(name);
  if (isAbsolute(path)) return [path];
  const own = join(beside, name);
  return name.split("/").includes("vars") ? [own] : [join(beside, "vars", name), own];
};
