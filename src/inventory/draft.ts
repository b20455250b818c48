import type { HostName } from "../model/brand.ts";
import { type Value, Vaulted } from "../model/host.ts";
import type { Position, Problem } from "../model/problem.ts";
import { emptyVars } from "../model/vars.ts";

/** Where something was said, and how (`022`, where YAML makes 18 of it); worked out only when a message needs it. */
export type Place = () => { readonly at: Position; readonly path: string; readonly written?: string | undefined };

/** What the sources say so far, before depths and merged variables. Built by one reading, never shared. */
export type Draft = {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<HostName, DraftHost>;
  /** Weakest first. */
  readonly folders: VarsFolder[];
  readonly problems: Problem[];
  /** What Ansible warns of and goes on with. */
  readonly warnings: Problem[];
};

/** Variables, and the places of those that say how to reach a host: only they are checked, when a host is reached. */
export type DraftVars = { readonly values: Record<string, Value>; places: Map<string, Place> | undefined };

/** What may have variables; most hosts have none of their own, and no object for them. */
export type Owner = { vars: DraftVars | undefined };

export type DraftGroup = Owner & {
  readonly name: string;
  readonly children: Map<string, Place>;
  readonly hosts: Set<HostName>;
  priority: number;
  readonly place: Place;
};

export type DraftHost = Owner & { readonly name: HostName; readonly place: Place };

/** The `group_vars` and `host_vars` of one folder: that of an inventory source, or that of the playbook. */
export type VarsFolder = {
  readonly layer: "inventory_files" | "playbook_files";
  readonly folder: string;
  readonly groups: Map<string, Owner>;
  readonly hosts: Map<string, Owner>;
};

const nowhere: Place = () => ({ at: { file: "", line: 1, column: 1 }, path: "" });

export const newDraft = (): Draft => {
  const draft: Draft = { groups: new Map(), hosts: new Map(), folders: [], problems: [], warnings: [] };
  addGroup(draft, "all", nowhere).children.set("ungrouped", nowhere);
  addGroup(draft, "ungrouped", nowhere);
  return draft;
};

export const addGroup = (draft: Draft, name: string, place: Place): DraftGroup => {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const group: DraftGroup = {
    name,
    children: new Map<string, Place>(),
    hosts: new Set<HostName>(),
    vars: undefined,
    priority: 1,
    place,
  };
  draft.groups.set(name, group);
  return group;
};

export const addChild = (parent: DraftGroup, child: string, place: Place): void => {
  if (!parent.children.has(child)) parent.children.set(child, place);
};

export const addHost = (draft: Draft, name: HostName, place: Place): DraftHost => {
  const known = draft.hosts.get(name);
  if (known !== undefined) return known;
  const host: DraftHost = { name, vars: undefined, place };
  draft.hosts.set(name, host);
  return host;
};

/** Sets a variable of a host, a group or one of their files; a later one wins, as with Ansible. */
export const setVar = (owner: Owner, name: string, value: Value, place: Place): void => {
  owner.vars ??= { values: emptyVars(), places: undefined };
  owner.vars.values[name] = value;
  if (!isConnectionVariable(name)) return;
  owner.vars.places ??= new Map();
  owner.vars.places.set(name, place);
};

/**
 * Sets a variable of a group in an inventory source: `ansible_group_priority` is how it ranks among groups of its depth
 * there, and a variable like any other in `group_vars`, as with Ansible.
 */
export const setGroupVar = (draft: Draft, group: DraftGroup, name: string, value: Value, place: Place): void => {
  if (name !== "ansible_group_priority") {
    setVar(group, name, value, place);
    return;
  }
  const opened = value instanceof Vaulted ? value.open() : { kind: "ok" as const, plain: value };
  if (opened.kind === "fault") report(draft, place, opened.because);
  else if (typeof opened.plain === "object" || !/^-?\d{1,9}$/.test(String(opened.plain)))
    report(draft, place, "a priority is a whole number");
  else group.priority = Number(opened.plain);
};

/** True for names that may say how to reach a host. */
export const isConnectionVariable = (name: string): boolean =>
  name.startsWith("ansible_") || name.startsWith("ctfleet_");

export const report = (draft: Draft, place: Place, message: string): void => {
  const { at, path } = place();
  draft.problems.push({ at, path, message });
};

export const warn = (draft: Draft, place: Place, message: string): void => {
  const { at, path } = place();
  draft.warnings.push({ at, path, message });
};
