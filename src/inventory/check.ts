import type { Host } from "../model/host.ts";
import { type Draft, report } from "./draft.ts";
import type { Inventory } from "./inventory.ts";

/** Reports what only the whole shows: cycles of groups, names that would be taken for each other. */
export const checkDraft = (draft: Draft): void => {
  checkCycles(draft);
  const folded = new Map<string, string>();
  for (const { name, place } of draft.hosts.values()) {
    const other = folded.get(name.toLowerCase());
    if (other !== undefined)
      report(
        draft,
        place,
        `"${name}" and "${other}" differ in case only; they would share one file name and one DNS name`,
      );
    folded.set(name.toLowerCase(), name);
    if (draft.groups.has(name)) report(draft, place, `"${name}" is a host and a group; a pattern could mean either`);
  }
};

/** One search in depth for all groups; its own stack, as groups may be chained thousands long. */
const checkCycles = (draft: Draft): void => {
  const done = new Set<string>();
  for (const start of draft.groups.keys()) {
    const way: { name: string; rest: string[] }[] = [];
    const enter = (name: string): void => {
      way.push({ name, rest: [...(draft.groups.get(name)?.children.keys() ?? [])].reverse() });
    };
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const child = top.rest.pop();
      if (child === undefined) {
        done.add(top.name);
        way.pop();
        continue;
      }
      const open = way.findIndex(({ name }) => name === child);
      if (open >= 0) reportCycle(draft, [...way.slice(open).map(({ name }) => name), child], top.name, child);
      else if (!done.has(child)) enter(child);
    }
  }
};

const reportCycle = (draft: Draft, cycle: readonly string[], parent: string, child: string): void => {
  const place = draft.groups.get(parent)?.children.get(child);
  if (place !== undefined) report(draft, place, `groups contain each other: ${cycle.join(" > ")}`);
};

/** Reports two names for one host: both would be changed at the same time. Port and `ctfleet_root` tell hosts apart. */
export const checkHosts = (draft: Draft, inventory: Inventory): void => {
  const seen = new Map<string, Host>();
  for (const host of inventory.hosts) {
    const { address, port, root } = host.connection;
    const key = JSON.stringify([address.toLowerCase(), port, root]);
    const other = seen.get(key);
    const place = draft.hosts.get(host.name)?.place;
    if (other !== undefined && place !== undefined)
      report(draft, place, `"${host.name}" and "${other.name}" are one host: both are ${address} port ${port}`);
    seen.set(key, host);
  }
};
