import { type Value, Vaulted } from "../model/host.ts";
import type { BuildOptions } from "../source/build.ts";
import type { VarsText } from "../source/sources.ts";
import { pathText } from "../source/tree.ts";
import { readYaml } from "../source/yaml.ts";
import { type Draft, type Owner, report, setVar, type VarsFolder } from "./draft.ts";

/**
 * Adds the variables of one file of `group_vars` or `host_vars`: a YAML or JSON map, or nothing. A later file of the same
 * folder wins over an earlier one. What is said of groups and hosts that the draft does not have is not read.
 */
export const addVarsText = (draft: Draft, source: VarsText, options: Pick<BuildOptions, "vault"> = {}): void => {
  const { kind, name } = source.of;
  const names: ReadonlyMap<string, unknown> = kind === "group" ? draft.groups : draft.hosts;
  if (!names.has(name)) return;
  const read = readYaml(source, { ...options, looseKeys: (path) => path.length > 0 });
  if (read.kind === "problems") {
    draft.problems.push(...read.problems);
    return;
  }
  const { value, at, written } = read.value;
  if (value === null) return;
  if (typeof value !== "object" || Array.isArray(value) || value instanceof Vaulted) {
    report(draft, () => ({ at: at([]), path: "" }), "a map of variables by their names is expected here");
    return;
  }
  const owner = ownerIn(folderOf(draft, source), source.of);
  for (const [variable, one] of Object.entries(value)) {
    const path = [variable];
    // what readYaml gives is what Value says
    setVar(owner, variable, one as Value, () => ({ at: at(path), path: pathText(path), written: written(path) }));
  }
};

/** The folder's own entry, in the order in which folders turn up; those of inventories before those of playbooks. */
const folderOf = (draft: Draft, { layer, file }: VarsText): VarsFolder => {
  const folder = file.replace(/(^|\/)(?:group|host)_vars\/.*$/s, "$1");
  const known = draft.folders.find((one) => one.layer === layer && one.folder === folder);
  if (known !== undefined) return known;
  const added: VarsFolder = { layer, folder, groups: new Map(), hosts: new Map() };
  const playbooks = draft.folders.findIndex((one) => one.layer === "playbook_files");
  draft.folders.splice(layer === "inventory_files" && playbooks >= 0 ? playbooks : draft.folders.length, 0, added);
  return added;
};

const ownerIn = (folder: VarsFolder, { kind, name }: VarsText["of"]): Owner => {
  const owners = kind === "group" ? folder.groups : folder.hosts;
  const known = owners.get(name);
  if (known !== undefined) return known;
  const owner: Owner = { vars: undefined };
  owners.set(name, owner);
  return owner;
};
