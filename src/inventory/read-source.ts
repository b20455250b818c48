import type { Value } from "../model/host.ts";
import { type Path, pathText } from "../source/tree.ts";
import { visible } from "../source/visible.ts";
import { readYaml, type YamlDocument } from "../source/yaml.ts";
import { splitPort } from "./address.ts";
import { connectionFault } from "./connection-vars.ts";
import { addGroup, addHost, type Draft, type DraftGroup, emptyVars, type Place, report } from "./draft.ts";
import { groupNameFault, hostName, hostNameFault } from "./names.ts";
import { expandRanges, mostNames } from "./ranges.ts";

type Source = { readonly draft: Draft; readonly document: YamlDocument };
type Map = { readonly [name: string]: unknown };

/** Adds what one YAML source says to the draft; a later source's variables win over an earlier one's. */
export const readSource = (draft: Draft, file: { readonly file: string; readonly text: string }): void => {
  const read = readYaml(file, { looseKeys: isInsideVariable });
  if (read.kind === "problems") {
    draft.problems.push(...read.problems);
    return;
  }
  const source = { draft, document: read.value };
  const top = mapAt(source, [], read.value.value, "groups by their names");
  for (const [name, body] of Object.entries(top)) readGroup(source, name, [name], body);
};

/** True in the values of variables, where a map's keys need not be names: `ports: { 80: http }`. */
const isInsideVariable = (path: Path): boolean => {
  let at = 1;
  while (path[at] === "children") at += 2;
  return (path[at] === "vars" && path.length > at + 1) || (path[at] === "hosts" && path.length > at + 2);
};

const keyPlace =
  (source: Source, path: Path): Place =>
  () => ({ at: source.document.keyAt(path), path: pathText(path) });

const valuePlace =
  (source: Source, path: Path): Place =>
  () => ({ at: source.document.at(path), path: pathText(path) });

/** The map at a path; empty where there is nothing; a problem where there is something else. */
const mapAt = (source: Source, path: Path, value: unknown, expected: string): Map => {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Map;
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
      readGroupVars(source, group, path, value);
      return;
    case "children":
      for (const [child, body] of Object.entries(mapAt(source, path, value, "groups by their names"))) {
        if (!group.children.has(child)) group.children.set(child, keyPlace(source, [...path, child]));
        readGroup(source, child, [...path, child], body);
      }
      return;
    case "hosts":
      for (const [pattern, body] of Object.entries(
        mapAt(source, path, value, "hosts by their names, each with a colon"),
      ))
        readHosts(source, group, [...path, pattern], pattern, body);
      return;
    default:
      report(
        source.draft,
        keyPlace(source, path),
        `"${visible(section)}" is not known in a group; "hosts", "children" and "vars" are`,
      );
  }
};

const readGroupVars = (source: Source, group: DraftGroup, path: Path, value: unknown): void => {
  const { ansible_group_priority: priority, ...vars } = varsAt(source, path, value);
  Object.assign(group.vars, vars);
  if (priority === undefined) return;
  if (typeof priority === "object" || !/^-?\d{1,9}$/.test(String(priority)))
    report(source.draft, valuePlace(source, [...path, "ansible_group_priority"]), "a priority is a whole number");
  else group.priority = Number(priority);
};

/** Variables at a path, each connection variable checked where it is written, once for all hosts that have it. */
const varsAt = (source: Source, path: Path, value: unknown): Record<string, Value> => {
  const vars = emptyVars();
  for (const [name, one] of Object.entries(mapAt(source, path, value, "variables by their names"))) {
    const place = [...path, name];
    // what readYaml gives is what Value says
    vars[name] = one as Value;
    if (!/^(?:ansible|ctfleet)_/.test(name)) continue;
    const fault = connectionFault(name, one as Value, source.document.written(place));
    if (fault !== undefined) report(source.draft, valuePlace(source, place), fault);
  }
  return vars;
};

const readHosts = (source: Source, group: DraftGroup, path: Path, pattern: string, body: unknown): void => {
  const { name, port } = splitPort(pattern);
  const expansion = expandRanges(name);
  const place = keyPlace(source, path);
  const vars = varsAt(source, path, body);
  const fault = port === undefined ? undefined : connectionFault("ansible_port", port, undefined);
  if (fault !== undefined) report(source.draft, place, fault);
  if (expansion.kind === "fault") {
    report(source.draft, place, expansion.because);
    return;
  }
  if (source.draft.hosts.size + expansion.names.length > mostNames) {
    report(source.draft, place, `with this, the inventory has more than ${mostNames} hosts`);
    return;
  }
  for (const one of expansion.names) {
    const host = hostName(one);
    if (host === undefined) {
      report(source.draft, place, hostNameFault(one) ?? "");
      return;
    }
    const known = source.draft.hosts.has(host);
    const draft = addHost(source.draft, host, place);
    // Ansible takes a name's port only where it meets the host for the first time
    if (port !== undefined && !known) draft.vars.ansible_port = Number(port);
    Object.assign(draft.vars, vars);
    group.hosts.add(host);
  }
};
