import { type Value, Vaulted } from "../model/host.ts";
import type { BuildOptions } from "../source/build.ts";
import type { InventorySource } from "../source/sources.ts";
import { type Path, pathText } from "../source/tree.ts";
import { readJson, readYaml, type YamlDocument } from "../source/yaml.ts";
import {
  addChild,
  addGroup,
  addHost,
  type Draft,
  type DraftGroup,
  type DraftHost,
  type Place,
  report,
  setGroupVar,
  setVar,
} from "./draft.ts";
import { groupNameFault, hostName, hostNameFault } from "./names.ts";

type Source = { readonly draft: Draft; readonly document: YamlDocument; readonly hosts: Set<DraftHost> };
type Map = { readonly [name: string]: unknown };

/** Adds what an executable inventory printed: for `--list`, and for `--host NAME` where that has no `_meta`. */
export const readScriptInventory = (
  draft: Draft,
  source: InventorySource & { readonly kind: "script" },
  options: Pick<BuildOptions, "vault"> = {},
): void => {
  const read = readJson({ file: `${source.file} --list`, text: source.text }, options);
  if (read.kind === "problems") {
    draft.problems.push(...read.problems);
    return;
  }
  for (const host of readListing(draft, read.value)) {
    const text = source.hostTexts.get(host.name);
    if (text !== undefined && text.trim() !== "")
      readHostText(draft, host, { file: `${source.file} --host ${host.name}`, text }, options);
  }
};

/**
 * Adds what `--list` gives: groups as lists of hosts or as maps of `hosts`, `children` and `vars`, and the variables of
 * hosts under `_meta`. The hosts that it names are given.
 */
export const readListing = (draft: Draft, document: YamlDocument): ReadonlySet<DraftHost> => {
  const source: Source = { draft, document, hosts: new Set() };
  const top = mapAt(source, [], document.value, "groups by their names");
  for (const [name, body] of Object.entries(top)) if (name !== "_meta") readGroup(source, name, body);
  const meta = mapAt(source, ["_meta"], top._meta, '"hostvars"');
  const hostvars = mapAt(source, ["_meta", "hostvars"], meta.hostvars, "hosts by their names");
  for (const host of source.hosts) readHostVars(source, host, ["_meta", "hostvars", host.name], hostvars[host.name]);
  return source.hosts;
};

/** True for the shape that `ansible-inventory --list` prints; a YAML inventory has maps where this has lists. */
export const isListing = (value: unknown): boolean => {
  if (!isMap(value)) return false;
  const groups = Object.entries(value).map(([, group]) => group);
  return (
    "_meta" in value ||
    groups.some((group) => Array.isArray(group) || (isMap(group) && [group.hosts, group.children].some(Array.isArray)))
  );
};

const isMap = (value: unknown): value is Map =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Vaulted);

const placeOf =
  ({ document }: Source, path: Path): Place =>
  () => ({ at: document.at(path), path: pathText(path), written: document.written(path) });

const mapAt = (source: Source, path: Path, value: unknown, expected: string): Map => {
  if (isMap(value)) return value;
  if (value !== undefined && value !== null)
    report(source.draft, placeOf(source, path), `a map is expected here: ${expected}`);
  // a host may be named constructor
  return Object.create(null) as Map;
};

const namesAt = (source: Source, path: Path, value: unknown, expected: string): readonly string[] => {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  report(source.draft, placeOf(source, path), `a list is expected here: ${expected}`);
  return [];
};

const readGroup = (source: Source, name: string, body: unknown): void => {
  const place = placeOf(source, [name]);
  const fault = groupNameFault(name);
  if (fault !== undefined) report(source.draft, place, fault);
  const group = addGroup(source.draft, name, place);
  if (!isMap(body)) {
    for (const host of namesAt(source, [name], body, "names of hosts; or a map with hosts, children and vars"))
      readHost(source, group, host, [name]);
    return;
  }
  if (Object.keys(body).length > 0 && !["hosts", "children", "vars"].some((part) => part in body)) {
    // Ansible's short form: a host that stands alone in a group of its own name
    const host = readHost(source, group, name, [name]);
    readGroupVars(source, group, [name], body);
    if (host !== undefined) return;
  } else readParts(source, group, body);
};

const readParts = (source: Source, group: DraftGroup, { hosts, vars, children }: Map): void => {
  const path = [group.name];
  namesAt(source, [...path, "hosts"], hosts, "names of hosts").forEach((host, at) => {
    readHost(source, group, host, [...path, "hosts", at]);
  });
  readGroupVars(source, group, [...path, "vars"], vars);
  const names = isMap(children) ? Object.keys(children) : children;
  namesAt(source, [...path, "children"], names, "names of groups").forEach((child, at) => {
    const place = placeOf(source, [...path, "children", at]);
    addGroup(source.draft, child, place);
    addChild(group, child, place);
  });
};

const readGroupVars = (source: Source, group: DraftGroup, path: Path, vars: unknown): void => {
  // what readJson gives is what Value says
  for (const [name, value] of Object.entries(mapAt(source, path, vars, "variables by their names")))
    setGroupVar(source.draft, group, name, value as Value, placeOf(source, [...path, name]));
};

/** A name stands for itself here: no ranges and no port, as with Ansible. */
const readHost = (source: Source, group: DraftGroup, name: string, path: Path): DraftHost | undefined => {
  const minted = hostName(name);
  if (minted === undefined) {
    report(source.draft, placeOf(source, path), hostNameFault(name) ?? "");
    return undefined;
  }
  const host = addHost(source.draft, minted, placeOf(source, path));
  group.hosts.add(minted);
  source.hosts.add(host);
  return host;
};

const readHostVars = (source: Source, host: DraftHost, path: Path, vars: unknown): void => {
  for (const [name, value] of Object.entries(mapAt(source, path, vars, "variables by their names")))
    setVar(host, name, value as Value, placeOf(source, [...path, name]));
};

const readHostText = (
  draft: Draft,
  host: DraftHost,
  text: { readonly file: string; readonly text: string },
  options: Pick<BuildOptions, "vault">,
): void => {
  const read = readYaml(text, { ...options, looseKeys: (path) => path.length > 0 });
  if (read.kind === "problems") draft.problems.push(...read.problems);
  else readHostVars({ draft, document: read.value, hosts: new Set() }, host, [], read.value.value);
};
