import type { HostName } from "../model/brand.ts";
import type { InventoryHost, Vars } from "../model/host.ts";
import type { Place } from "./draft.ts";

/** Everything that the sources say, merged. Values of password variables are masked here; `Origins` alone has them. */
export type Inventory = {
  /** In inventory order: that of Ansible's `all`, breadth first from the groups nearest to `all`. */
  readonly hosts: readonly InventoryHost[];
  /** The same, in the order in which the sources name them. */
  readonly byName: ReadonlyMap<string, InventoryHost>;
  /** By name, `all` and `ungrouped` among them, in the order in which the sources name them. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly origins: Origins;
};

/** What only connecting needs. */
export type Origins = {
  /** The host's merged variables, passwords among them. */
  readonly vars: (host: HostName) => Vars;
  /** Where the value of a connection variable of the host was written. */
  readonly place: (host: HostName, variable: string) => Place | undefined;
};

export type Group = {
  readonly name: string;
  readonly children: readonly string[];
  /** Hosts that stand in the group itself, not in a child. */
  readonly hosts: readonly HostName[];
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
