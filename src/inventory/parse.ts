import { isNonEmpty } from "../model/brand.ts";
import type { Checked } from "../model/problem.ts";
import type { BuildOptions } from "../source/build.ts";
import type { InventorySource } from "../source/sources.ts";
import { checkDraft } from "./check.ts";
import { type Draft, newDraft } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { mergeDraft } from "./merge.ts";
import { readSource } from "./read-any.ts";

/** What opens encrypted values, when they are used. */
export type ReadOptions = Pick<BuildOptions, "vault">;

/** What these sources say together; a later one wins over an earlier one. Problems are kept in the draft. */
export const draftInventory = (sources: readonly InventorySource[], options: ReadOptions = {}): Draft => {
  const draft = newDraft();
  for (const source of sources) readSource(draft, source, options);
  return draft;
};

/** The inventory that a draft makes, merged as Ansible merges; or every problem in it. */
export const finishInventory = (draft: Draft): Checked<Inventory> => {
  checkDraft(draft);
  if (isNonEmpty(draft.problems)) return { kind: "problems", problems: draft.problems };
  return { kind: "ok", value: mergeDraft(draft) };
};

/** The inventory that these sources make by themselves, without `group_vars` and `host_vars`. */
export const parseInventory = (sources: readonly InventorySource[], options: ReadOptions = {}): Checked<Inventory> =>
  finishInventory(draftInventory(sources, options));
