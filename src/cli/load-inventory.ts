import { addVarsText } from "../inventory/add-vars.ts";
import { connectHosts } from "../inventory/connect-hosts.ts";
import type { Place } from "../inventory/draft.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { draftInventory, finishInventory } from "../inventory/parse.ts";
import { limitFiles, limitHosts } from "../inventory/select.ts";
import type { Host, InventoryHost, Vars } from "../model/host.ts";
import { allOf, type Checked, problemOf } from "../model/problem.ts";
import { describeProblem } from "../report/describe.ts";
import { printable } from "../report/escape.ts";
import { readInventorySources } from "../source/inventory-sources.ts";
import { readText } from "../source/read-text.ts";
import { inventoryFolders, readVarsFolders } from "../source/vars-folders.ts";
import { say } from "./console.ts";
import { type GivenVars, readGivenVars } from "./given-vars.ts";
import type { FleetOptions } from "./options.ts";
import { untilSignal } from "./signals.ts";

export type LoadedInventory = {
  readonly inventory: Inventory;
  /** The hosts that `--limit` leaves. */
  readonly hosts: readonly InventoryHost[];
};

/** The inventory with group_vars and host_vars, and the limit applied. `playbookDir`: whose folders count as the playbook's. */
export const loadInventory = async (
  options: FleetOptions,
  { vault }: GivenVars,
  playbookDir: string,
): Promise<Checked<LoadedInventory>> => {
  const words = options.inventory ?? [];
  if (words.length === 0) return usage("--inventory", "no inventory: name one with -i FILE");
  const sources = await untilSignal((stop) =>
    readInventorySources(words, { stop, onStderr: (file, line) => say(`${file}: ${line}`) }),
  );
  if (sources.kind === "problems") return sources;
  const draft = draftInventory(sources.value, { vault });
  const vars = await readVarsFolders({
    inventoryDirs: await inventoryFolders(words),
    playbookDir,
    groups: [...draft.groups.keys()],
    hosts: [...draft.hosts.keys()],
  });
  if (vars.kind === "problems") draft.problems.push(...vars.problems);
  else for (const text of vars.value) addVarsText(draft, text, { vault });
  const inventory = finishInventory(draft);
  for (const warning of draft.warnings) say(describeProblem(warning));
  return inventory.kind === "problems" ? inventory : limited(inventory.value, options.limit);
};

/** The hosts that `--limit` leaves, with how to reach them, for commands without a playbook. */
export const loadHosts = async (options: FleetOptions): Promise<Checked<readonly Host[]>> => {
  const given = await readGivenVars(options);
  if (given.kind === "problems") return given;
  const loaded = await loadInventory(options, given.value, options.playbookDir ?? ".");
  if (loaded.kind === "problems") return loaded;
  const { inventory, hosts } = loaded.value;
  return withConnections(inventory, hosts, { extra: given.value.extra, options });
};

const limited = async (inventory: Inventory, limit = "all"): Promise<Checked<LoadedInventory>> => {
  const texts = allOf(await Promise.all(limitFiles(limit).map(readText)));
  if (texts.kind === "problems") return texts;
  const files = new Map(texts.value.map(({ file, text }) => [file, text] as const));
  const selected = limitHosts(inventory, limit, files);
  if (selected.kind === "fault") return usage("--limit", selected.because);
  for (const part of selected.unmatched) say(`--limit: nothing in the inventory matches ${printable(part)}`);
  return { kind: "ok", value: { inventory, hosts: selected.hosts } };
};

/** How to reach these hosts; what is wrong with others is no error. */
export const withConnections = (
  inventory: Inventory,
  hosts: readonly InventoryHost[],
  { extra, options }: { readonly extra: Vars; readonly options: FleetOptions },
): Checked<readonly Host[]> =>
  connectHosts(inventory, hosts, {
    extra: { vars: extra, place: onCommandLine },
    ...(options.becomeMethod === undefined ? {} : { becomeMethod: options.becomeMethod }),
  });

const onCommandLine: Place = () => ({ at: { file: "--extra-vars", line: 0, column: 0 }, path: "" });

const usage = (option: string, message: string): Checked<never> => ({
  kind: "problems",
  problems: [problemOf(option, message)],
});
