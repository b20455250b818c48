import type { HostName } from "../model/brand.ts";
import type { Host, Vars } from "../model/host.ts";

/** Everything that the sources say, merged. Values of password variables are masked here; they stand in `Host.connection` only. */
export type Inventory = {
  /** In inventory order: that of Ansible's `all`, breadth first from the groups nearest to `all`. */
  readonly hosts: readonly Host[];
  /** By name, `all` and `ungrouped` among them, in the order in which the sources name them. */
  readonly groups: ReadonlyMap<string, Group>;
};

export type Group = {
  readonly name: string;
  readonly children: readonly string[];
  /** Hosts that stand in the group itself, not in a child. */
  readonly hosts: readonly HostName[];
  /** The group's own variables, before any merge. */
  readonly vars: Vars;
};

/** Every host in a group and in the groups below it, breadth first, once each. */
export const hostNamesIn = (
  groups: ReadonlyMap<string, Pick<Group, "children"> & { readonly hosts: Iterable<string> }>,
  name: string,
): readonly string[] => {
  const found = new Set<string>();
  const queue = [name];
  const seen = new Set(queue);
  // the queue grows while it is walked
  for (const one of queue) {
    const group = groups.get(one);
    for (const host of group?.hosts ?? []) found.add(host);
    for (const child of group?.children ?? []) {
      if (!seen.has(child)) queue.push(child);
      seen.add(child);
    }
  }
  return [...found];
};
