import { problemOf } from "../model/problem.ts";
import type { BuildOptions } from "../source/build.ts";
import type { InventorySource } from "../source/sources.ts";
import { vaultOf } from "../source/vault.ts";
import { isVaultText } from "../source/vault-text.ts";
import { visible } from "../source/visible.ts";
import { readYaml, type YamlDocument } from "../source/yaml.ts";
import { addGroup, type Draft, newDraft } from "./draft.ts";
import { endingOf, formOf, isSurelyYaml, yamlEndings } from "./form.ts";
import { readHostList } from "./read-host-list.ts";
import { readIniInventory } from "./read-ini.ts";
import { isListing, readListing, readScriptInventory } from "./read-script.ts";
import { isInsideVariable, readYamlInventory } from "./read-yaml.ts";

type Options = Pick<BuildOptions, "vault">;
/** `plain`: its text, decrypted where ansible-vault encrypted it. */
type File = InventorySource & { readonly kind: "file"; readonly plain: string; readonly encrypted: boolean };

/**
 * Adds what one source says to the draft, in whichever form it is: a file is YAML (JSON too) or INI, tried in Ansible's
 * order. Where neither fits, the problems are those of the form that it evidently has.
 */
export const readSource = (draft: Draft, source: InventorySource, options: Options = {}): void => {
  switch (source.kind) {
    case "hosts":
      readHostList(draft, source);
      return;
    case "script":
      readScriptInventory(draft, source, options);
      return;
    case "file":
      readFile(draft, source, options);
  }
};

const readFile = (draft: Draft, source: InventorySource & { readonly kind: "file" }, options: Options): void => {
  const encrypted = isVaultText(source.text);
  const opened = encrypted ? (options.vault ?? vaultOf([])).decrypt(source.text) : undefined;
  // what is told of a file begins with its name
  if (opened?.kind === "fault") refuse(draft, source, opened.because.replace(/^it /, ""));
  else readForm(draft, { ...source, plain: String(opened?.plain ?? source.text), encrypted }, options);
};

const readForm = (draft: Draft, source: File, options: Options): void => {
  const ending = endingOf(source.file);
  const form = formOf(source.plain);
  if (ending === ".toml") refuse(draft, source, "is TOML, which is not honoured; YAML, INI and executables are");
  else if (form === "empty") return;
  else if (form === "ini") readIni(draft, source);
  else if (yamlEndings.includes(ending)) readYamlFile(draft, source, options);
  else readNamedIni(draft, source, ending);
};

/** A file whose ending keeps Ansible from reading it as YAML. */
const readNamedIni = (draft: Draft, source: File, ending: string): void => {
  if (!isSurelyYaml(source.plain) || isIni(draft, source)) readIni(draft, source);
  else
    refuse(
      draft,
      source,
      `looks like YAML; that is read from files that end in .yml, .yaml or .json, or without an ending, and "${visible(ending)}" means INI`,
    );
};

const readYamlFile = (draft: Draft, source: File, options: Options): void => {
  const read = readYaml(source, { ...options, looseKeys: isInsideVariable });
  if (read.kind === "ok") readDocument(draft, source, read.value);
  // Ansible tries INI next; a host line with a colon in a value may look like YAML
  else if (isIni(draft, source)) readIni(draft, source);
  else draft.problems.push(...read.problems);
};

const readDocument = (draft: Draft, source: File, document: YamlDocument): void => {
  const { value } = document;
  const plugin = typeof value === "object" && value !== null && "plugin" in value ? value.plugin : undefined;
  if (typeof plugin === "string")
    refuse(
      draft,
      source,
      "configures an inventory plugin (plugin: ...), which is not honoured; give its output: ansible-inventory -i FILE --list > hosts.json",
    );
  else if (isListing(value)) readListing(draft, document);
  else readYamlInventory(draft, document);
};

const readIni = (draft: Draft, { file, plain, encrypted }: File): void => {
  readIniInventory(draft, { file, text: plain, encrypted });
};

/** True where the text is INI without a problem. */
const isIni = (draft: Draft, source: File): boolean => {
  const trial = newDraft();
  for (const group of draft.groups.values()) addGroup(trial, group.name, group.place);
  readIni(trial, source);
  return trial.problems.length === 0;
};

const refuse = (draft: Draft, { file }: { readonly file: string }, message: string): void => {
  const problem = problemOf(file, message);
  draft.problems.push(problem);
};
