import { type Value, Vaulted } from "../model/host.ts";
import { type Path, pathText } from "../source/tree.ts";
import { withoutValue } from "../source/visible.ts";
import type { YamlDocument } from "../source/yaml.ts";
import { addHosts } from "./add-hosts.ts";
import { addChild, addGroup, type Draft, type DraftGroup, type Place, report, setGroupVar, setVar } from "./draft.ts";
import { groupNameFault } from "./names.ts";

type Source = { readonly draft: Draft; readonly document: YamlDocument };
type Map = { readonly [name: string]: unknown };
type Variable = { readonly name: string; readonly value: Value; readonly place: Place };

/** Adds what one YAML inventory says to the draft; a later source's variables win over an earlier one's. */
export const readYamlInventory = (draft: Draft, document: YamlDocument): void => {
  const source = { draft, document };
  const top = mapAt(source, [], document.value, "groups by their names");
  for (const [name, body] of Object.entries(top)) readGroup(source, name, [name], body);
};

/** True in the values of variables of a YAML inventory, where a map's keys need not be names: `ports: { 80: http }`. */
export const isInsideVariable = (path: Path): boolean => {
  let at = 1;
  while (path[at] === "children") at += 2;
  return (path[at] === "vars" && path.length > at + 1) || (path[at] === "hosts" && path.length > at + 2);
};

const keyPlace =
  (source: Source, path: Path): Place =>
  () => ({ at: source.document.keyAt(path), path: pathText(path) });

const valuePlace =
  (source: Source, path: Path): Place =>
  () => ({ at: source.document.at(path), path: pathText(path), written: source.document.written(path) });

/** Hosts or groups at a path; Ansible takes a single name for a map with that one key. */
const namesAt = (source: Source, path: Path, value: unknown, expected: string): readonly [string, unknown][] =>
  typeof value === "string" ? [[value, null]] : Object.entries(mapAt(source, path, value, expected));

/** The map at a path; empty where there is nothing; a problem where there is something else. */
const mapAt = (source: Source, path: Path, value: unknown, expected: string): Map => {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value) && !(value instanceof Vaulted)) return value as Map;
  // not the value itself: it may be a password that stands in the wrong place
  const found = Array.isArray(value) ? "a list" : typeof value === "string" ? "text" : `a ${typeof value}`;
  report(source.draft, valuePlace(source, path), `${found} stands here; a map is expected: ${expected}`);
  return {};
};

const readGroup = (source: Source, name: string, path: Path, body: unknown): void => {
  const fault = groupNameFault(name);
  if (fault !== undefined) report(source.draft, keyPlace(source, path), fault);
  const group = addGroup(source.draft, name, keyPlace(source, path));
  const sections = mapAt(source, path, body, '"hosts", "children" and "vars"');
  for (const [section, value] of Object.entries(sections))
    readSection(source, group, [...path, section], section, value);
};

const readSection = (source: Source, group: DraftGroup, path: Path, section: string, value: unknown): void => {
  switch (section) {
    case "vars":
      for (const { name, value: one, place } of varsAt(source, path, value))
        setGroupVar(source.draft, group, name, one, place);
      return;
    case "children":
      for (const [child, body] of namesAt(source, path, value, "groups by their names")) {
        addChild(group, child, keyPlace(source, [...path, child]));
        readGroup(source, child, [...path, child], body);
      }
      return;
    case "hosts":
      for (const [pattern, body] of namesAt(source, path, value, "hosts by their names, each with a colon"))
        readHosts(source, group, [...path, pattern], body);
      return;
    default:
      report(
        source.draft,
        keyPlace(source, path),
        `"${withoutValue(section)}" is not known in a group; "hosts", "children" and "vars" are`,
      );
  }
};

const varsAt = (source: Source, path: Path, value: unknown): readonly Variable[] =>
  Object.entries(mapAt(source, path, value, "variables by their names")).map(([name, one]) => ({
    name,
    // what readYaml gives is what Value says
    value: one as Value,
    place: valuePlace(source, [...path, name]),
  }));

const readHosts = (source: Source, group: DraftGroup, path: Path, body: unknown): void => {
  const vars = varsAt(source, path, body);
  for (const host of addHosts(source.draft, group, String(path.at(-1)), keyPlace(source, path)))
    for (const { name, value, place } of vars) setVar(host, name, value, place);
};
