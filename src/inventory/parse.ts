import { isNonEmpty } from "../model/brand.ts";
import type { Checked } from "../model/problem.ts";
import { checkDraft, checkHosts } from "./check.ts";
import { newDraft } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { mergeDraft } from "./merge.ts";
import { readSource } from "./read-source.ts";

/**
 * The inventory that these YAML sources make together, in Ansible's form and with Ansible's merging: `all` first, then
 * groups by depth, priority and name, then the host; a later source wins over an earlier one. Or every problem in them.
 */
export const parseInventory = (
  sources: readonly { readonly file: string; readonly text: string }[],
): Checked<Inventory> => {
  const draft = newDraft();
  for (const source of sources) readSource(draft, source);
  checkDraft(draft);
  if (isNonEmpty(draft.problems)) return { kind: "problems", problems: draft.problems };
  const inventory = mergeDraft(draft);
  checkHosts(draft, inventory);
  return isNonEmpty(draft.problems) ? { kind: "problems", problems: draft.problems } : { kind: "ok", value: inventory };
};
