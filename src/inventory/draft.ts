import type { HostName } from "../model/brand.ts";
import type { Value } from "../model/host.ts";
import type { Position, Problem } from "../model/problem.ts";

/** Where something was said; worked out only when a message needs it. */
export type Place = () => { readonly at: Position; readonly path: string };

/** What the sources say so far, before depths and merged variables. Built by one parse, never shared. */
export type Draft = {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<HostName, DraftHost>;
  readonly problems: Problem[];
};

export type DraftGroup = {
  readonly name: string;
  readonly children: Map<string, Place>;
  readonly hosts: Set<HostName>;
  readonly vars: Record<string, Value>;
  priority: number;
  readonly place: Place;
};

export type DraftHost = { readonly name: HostName; readonly vars: Record<string, Value>; readonly place: Place };

export const emptyVars = (): Record<string, Value> => Object.create(null) as Record<string, Value>;

const nowhere: Place = () => ({ at: { file: "", line: 1, column: 1 }, path: "" });

export const newDraft = (): Draft => {
  const draft: Draft = { groups: new Map(), hosts: new Map(), problems: [] };
  addGroup(draft, "all", nowhere).children.set("ungrouped", nowhere);
  addGroup(draft, "ungrouped", nowhere);
  return draft;
};

export const addGroup = (draft: Draft, name: string, place: Place): DraftGroup => {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const group = { name, children: new Map(), hosts: new Set<HostName>(), vars: emptyVars(), priority: 1, place };
  draft.groups.set(name, group);
  return group;
};

export const addHost = (draft: Draft, name: HostName, place: Place): DraftHost => {
  const known = draft.hosts.get(name);
  if (known !== undefined) return known;
  const host = { name, vars: emptyVars(), place };
  draft.hosts.set(name, host);
  return host;
};

export const report = (draft: Draft, place: Place, message: string): void => {
  draft.problems.push({ ...place(), message });
};
