import { foldNames } from "../inventory/fold.ts";
import type { Action } from "../model/action.ts";
import type { HostReport } from "../model/outcome.ts";
import { hasNoUndo, losesConnections } from "./not-put-back.ts";
import { plural } from "./text.ts";

/** What a person must know before saying yes: whose services stop and whose connections are lost, a line for each kind. */
export const dangers = (hosts: readonly HostReport[]): readonly string[] =>
  kinds.flatMap(({ words, applies }) => {
    const names = hosts
      .filter(({ outcome }) => outcome.kind === "drifted" && outcome.actions.some(applies))
      .map(({ name }) => name);
    return names.length === 0 ? [] : [`${plural(names.length, "host")} ${words}: ${foldNames(names)}`];
  });

const kinds: readonly { readonly words: string; readonly applies: (action: Action) => boolean }[] = [
  { words: "to be REBOOTED", applies: ({ kind }) => kind === "reboot" },
  {
    words: "to LOSE EVERY TRACKED CONNECTION",
    applies: losesConnections,
  },
  {
    words: "whose firewall is restarted, tracked connections stay",
    applies: (action) => action.kind === "restart_firewall" && !action.unloads,
  },
  { words: "to run a command that nothing takes back (no undo)", applies: hasNoUndo },
];
