import { userInfo } from "node:os";
import { releaseInventoryLock, takeInventoryLock } from "../history/inventory-lock.ts";
import type { RunId } from "../model/brand.ts";
import { describeProblem } from "../report/describe.ts";
import { heldWords } from "../report/locks.ts";
import { say } from "./console.ts";
import { keptOptions } from "./kept-options.ts";
import type { FleetOptions } from "./options.ts";
import { stateFolder } from "./state-folder.ts";

/** One changing run at a time for an inventory. Undefined: another has it, or it cannot be written; which was said. */
export const holdInventory = async (
  options: FleetOptions,
  { run, command }: { readonly run: RunId; readonly command: string },
): Promise<{ readonly release: () => Promise<void> } | undefined> => {
  const { inventory } = keptOptions(options);
  const sources = Array.isArray(inventory) ? inventory.map(String) : [];
  const taken = await takeInventoryLock(stateFolder(), { run, command, user: userInfo().username, inventory: sources });
  if (taken.kind === "taken") return { release: () => releaseInventoryLock(taken.lock) };
  say(taken.kind === "held" ? heldWords(taken.by, taken.file) : describeProblem(taken.problem));
  return undefined;
};
