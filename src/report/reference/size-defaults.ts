import type { SizeRule } from "../../model/play.ts";
import { parsePlaybook } from "../../playbook/parse.ts";

/** The default of a key of a size rule, as the playbook's own reader fills it in; nothing where it depends on the host. */
export const sizeDefault = (rule: string, key: string): string => {
  const found = new Map<string, string | number | undefined>(Object.entries(writtenForm(filledIn(rule)))).get(key);
  return found === undefined ? "" : String(found);
};

const filledIn = (rule: string): SizeRule => {
  const size = rule === "fixed" ? "{ rule: fixed, max: 1 }" : `{ rule: ${rule} }`;
  const parsed = parsePlaybook({ file: "", text: `- { hosts: all, tasks: [{ conntrack: { size: ${size} } }] }` });
  const task = parsed.kind === "ok" ? parsed.value.plays[0]?.tasks[0] : undefined;
  if (task?.kind !== "conntrack" || task.size === undefined) throw new Error(`rule ${rule} needs more than its name`);
  return task.size;
};

const writtenForm = (size: SizeRule) => ({
  floor: size.floor,
  ceiling: size.ceiling,
  tolerance: percent(size.tolerance),
  guard: percent(size.guard),
  share: size.rule === "memory" ? percent(size.share) : undefined,
  per_core: size.rule === "cores" ? size.perCore : undefined,
  minimum: size.rule === "cores" ? size.minimum : undefined,
});

const percent = (share: number): string => `${share * 100}%`;
