import { places } from "../source/place.ts";
import { sealedThroughout } from "../source/vaulted.ts";
import { visible, withoutValue } from "../source/visible.ts";
import { addHosts } from "./add-hosts.ts";
import {
  addChild,
  addGroup,
  type Draft,
  type DraftGroup,
  type Owner,
  type Place,
  report,
  setGroupVar,
  setVar,
} from "./draft.ts";
import { iniLines, type Line, readHeader, type SectionKind } from "./ini-lines.ts";
import { pythonLiteral } from "./ini-values.ts";
import { groupNameFault } from "./names.ts";
import { shellWords } from "./shell-words.ts";

type Ini = {
  readonly draft: Draft;
  readonly place: (offset: number, path?: string, written?: string) => Place;
  readonly encrypted: boolean;
  group: DraftGroup;
  section: SectionKind;
  /** Children that no section has declared yet, each with the groups that name it. */
  readonly awaited: Map<string, { readonly parents: DraftGroup[]; readonly place: Place }>;
  /** Groups that have `[group:vars]` and no other section yet. */
  readonly varsOnly: Map<string, Place>;
};

/** `encrypted`: the text stood in a vault, and its values are secrets. */
type IniText = { readonly file: string; readonly text: string; readonly encrypted?: boolean };

/**
 * Adds what an INI inventory says to the draft, as Ansible reads it: hosts before the first section are ungrouped, values
 * are Python literals or text, and a group must be declared somewhere. A later source's variables win.
 */
export const readIniInventory = (draft: Draft, source: IniText): void => {
  const text = source.text.replace(/^\uFEFF/, "");
  const at = places({ file: source.file, text });
  const place =
    (offset: number, path = "", written?: string): Place =>
    () => ({ at: at(offset), path: visible(path), written });
  const ungrouped = addGroup(draft, "ungrouped", place(0));
  const ini: Ini = {
    draft,
    place,
    encrypted: source.encrypted ?? false,
    group: ungrouped,
    section: "hosts",
    awaited: new Map(),
    varsOnly: new Map(),
  };
  for (const line of iniLines(text)) readLine(ini, line);
  reportUndeclared(ini);
};

const readLine = (ini: Ini, line: Line): void => {
  const header = readHeader(line.text);
  const here = ini.place(line.offset);
  switch (header.kind) {
    case "section":
      openSection(ini, header.group, header.of, here);
      return;
    case "unknown_section":
      report(
        ini.draft,
        here,
        `a section is [group], [group:vars] or [group:children]; "${visible(header.of)}" is no kind`,
      );
      return;
    case "malformed":
      report(
        ini.draft,
        here,
        "this is not a section: [group], [group:vars] or [group:children] is expected, without spaces; only a # comment may follow",
      );
      return;
    case "other":
      readEntry(ini, line);
  }
};

const openSection = (ini: Ini, name: string, section: SectionKind, here: Place): void => {
  const fault = groupNameFault(name);
  if (fault !== undefined) report(ini.draft, here, fault);
  const known = ini.draft.groups.has(name);
  ini.group = addGroup(ini.draft, name, here);
  ini.section = section;
  if (section !== "vars") declare(ini, name);
  else if (!known && !ini.awaited.has(name)) ini.varsOnly.set(name, here);
};

/** A group that others waited for is here: it becomes their child now, as Ansible orders children by declaration. */
const declare = (ini: Ini, name: string): void => {
  ini.varsOnly.delete(name);
  const awaited = ini.awaited.get(name);
  if (awaited === undefined) return;
  for (const parent of awaited.parents) addChild(parent, name, awaited.place);
  ini.awaited.delete(name);
};

const readEntry = (ini: Ini, line: Line): void => {
  switch (ini.section) {
    case "hosts":
      readHostLine(ini, line);
      return;
    case "vars":
      readVarsLine(ini, line);
      return;
    case "children":
      readChildLine(ini, line);
  }
};

const readHostLine = (ini: Ini, line: Line): void => {
  const split = shellWords(line.text, { comments: true });
  if (split.kind === "fault") {
    report(ini.draft, ini.place(line.offset + split.offset), split.because);
    return;
  }
  const [name, ...words] = split.words;
  if (name === undefined) return;
  const variables = words.flatMap((word) => {
    const offset = line.offset + word.offset;
    const at = word.text.indexOf("=");
    if (at > 0) return [{ name: word.text.slice(0, at), written: word.text.slice(at + 1), offset }];
    // not the word itself: it may be the second half of a password
    report(
      ini.draft,
      ini.place(offset),
      'name=value is expected here; a value with a space needs quotes: name="two words"',
    );
    return [];
  });
  const hosts = addHosts(ini.draft, ini.group, name.text, ini.place(line.offset));
  for (const variable of variables)
    setValue(ini, variable, (one, value, place) => {
      for (const host of hosts) setVar(host, one, value, place);
    });
};

const readVarsLine = (ini: Ini, line: Line): void => {
  const at = line.text.indexOf("=");
  const name = line.text.slice(0, Math.max(at, 0)).trimEnd();
  const written = line.text.slice(at + 1).trimStart();
  if (name === "")
    report(ini.draft, ini.place(line.offset), `in [${visible(ini.group.name)}:vars], name=value is expected`);
  else
    setValue(ini, { name, written, offset: line.offset }, (one, value, place) => {
      setGroupVar(ini.draft, ini.group, one, value, place);
    });
};

type Variable = { readonly name: string; readonly written: string; readonly offset: number };
type Set = (name: string, value: NonNullable<Owner["vars"]>["values"][string], place: Place) => void;

const setValue = (ini: Ini, { name, written, offset }: Variable, set: Set): void => {
  const literal = pythonLiteral(written);
  const place = ini.place(offset, name, written);
  if (literal.kind !== "refused")
    set(name, sealedThroughout(literal.kind === "text" ? written : literal.value, ini.encrypted), place);
  else report(ini.draft, place, `the value is ${literal.because}; to keep it as text, ${quoting[ini.section]}`);
};

/** On a host line the shell's rules take one pair of quotes away. */
const quoting: Readonly<Record<SectionKind, string>> = {
  hosts: `write it in two kinds of quotes: '"..."'`,
  vars: "put it in quotes",
  children: "",
};

const readChildLine = (ini: Ini, line: Line): void => {
  const here = ini.place(line.offset);
  const [, name] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text) ?? [];
  if (name === undefined) {
    report(
      ini.draft,
      here,
      `in [${visible(ini.group.name)}:children], the name of a group is expected, alone on its line`,
    );
    return;
  }
  if (ini.draft.groups.has(name)) {
    addChild(ini.group, name, here);
    return;
  }
  const awaited = ini.awaited.get(name);
  if (awaited === undefined) ini.awaited.set(name, { parents: [ini.group], place: here });
  else awaited.parents.push(ini.group);
};

const reportUndeclared = (ini: Ini): void => {
  for (const [name, { place }] of ini.awaited)
    report(ini.draft, place, `there is no group "${withoutValue(name)}"; declare it with [${withoutValue(name)}]`);
  for (const [name, place] of ini.varsOnly)
    report(
      ini.draft,
      place,
      `there is no group "${visible(name)}" to have these variables; declare it with [${visible(name)}]`,
    );
};
