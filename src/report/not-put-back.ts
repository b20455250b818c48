import { foldNames } from "../inventory/fold.ts";
import type { Action } from "../model/action.ts";
import { append } from "../model/append.ts";
import { commandWords } from "./describe-action.ts";

/** Does it make the host forget what it tracks? */
export const losesConnections = (action: Action): boolean =>
  action.kind === "reload_modules" ||
  (action.kind === "restart_firewall" && action.unloads) ||
  (action.kind === "unload_modules" && action.modules.some((module) => /^(nf|ip)_conntrack$/.test(module)));

/** A command that the play says no `undo` for. */
export const hasNoUndo = (action: Action): boolean => action.kind === "run" && action.undo === undefined;

/** What of these changes stays when everything else is put back, a line for each, with the hosts that have it. */
export const notPutBack = (
  hosts: readonly { readonly name: string; readonly actions: readonly Action[] }[],
): readonly string[] => {
  const having = new Map<string, string[]>();
  for (const { name, actions } of hosts)
    for (const what of new Set(actions.flatMap((action) => whatStays(action) ?? []))) append(having, what, name);
  return [...having].map(([what, names]) => `stays: ${what}: ${foldNames(names)}`);
};

const whatStays = (action: Action): string | undefined => {
  if (action.kind === "run") return action.undo === undefined ? `${commandWords(action.argv)} (no undo)` : undefined;
  if (action.kind === "reboot") return "what the reboot has ended; a host is not rebooted again";
  return losesConnections(action) ? "the loss of tracked connections" : undefined;
};
