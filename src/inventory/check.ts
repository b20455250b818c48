import { type Draft, report, warn } from "./draft.ts";

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
    if (draft.groups.has(name))
      warn(draft, place, `"${name}" is a host and a group; a pattern means the host, or after ! and & the group`);
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
