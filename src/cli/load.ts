import { dirname } from "node:path";
import { selectHosts } from "../inventory/select.ts";
import type { HostName } from "../model/brand.ts";
import type { Host, InventoryHost } from "../model/host.ts";
import type { Task } from "../model/play.ts";
import { bothOf, type Checked, checked, type Problem } from "../model/problem.ts";
import { checkVars } from "../plan/check-vars.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { describeProblem } from "../report/describe.ts";
import { pathText } from "../source/tree.ts";
import { say } from "./console.ts";
import { type GivenVars, readGivenVars } from "./given-vars.ts";
import { type LoadedInventory, loadInventory, withConnections } from "./load-inventory.ts";
import { type LoadedPlays, loadPlays } from "./load-plays.ts";
import type { FleetOptions } from "./options.ts";

/** Everything that a run reads before it contacts a host. */
export type Loaded = {
  /** The hosts that at least one play selects within the limit, in the limit's order. */
  readonly hosts: readonly Host[];
  readonly plays: readonly PlayHosts[];
  /** Of the playbook and what it reads: `LoadedPlays`. */
  readonly digest: string;
};

/** A play and the names of the hosts that it selects within the limit. */
export type PlayHosts = { readonly play: CompiledPlay; readonly hosts: ReadonlySet<HostName> };

/** Reads inventory, playbook and templates; every problem in all of them, where there are any. */
export const load = async (options: FleetOptions, playbook: string): Promise<Checked<Loaded>> => {
  const given = await readGivenVars(options);
  if (given.kind === "problems") return given;
  const inventory = await loadInventory(options, given.value, dirname(playbook));
  const plays = await loadPlays(playbook, given.value, options.trial);
  const both = bothOf(inventory, plays);
  return both.kind === "problems" ? both : choose(...both.value, { options, ...given.value });
};

/** The hosts of each play, and how to reach those that any play selects. */
const choose = (
  { inventory, hosts }: LoadedInventory,
  { plays, digest }: LoadedPlays,
  given: GivenVars & { readonly options: FleetOptions },
): Checked<Loaded> => {
  const problems: Problem[] = [];
  const chosen = plays.map((play, at): PlayHosts => {
    const own = playHosts({ play, at }, { inventory, hosts }, problems);
    problems.push(...checkVars(play, own));
    return { play, hosts: new Set(own.map(({ name }) => name)) };
  });
  const wanted = hosts.filter(({ name }) => chosen.some((one) => one.hosts.has(name)));
  const connected = withConnections(inventory, wanted, given);
  if (connected.kind === "ok") problems.push(...chosen.flatMap((one) => rootProblems(one, connected.value)));
  const both = bothOf(checked(chosen, problems), connected);
  return both.kind === "problems"
    ? both
    : { kind: "ok", value: { plays: both.value[0], hosts: both.value[1], digest } };
};

/** The hosts of the limit that a play's pattern selects. */
const playHosts = (
  { play: { play }, at }: { readonly play: CompiledPlay; readonly at: number },
  { inventory, hosts }: LoadedInventory,
  problems: Problem[],
): readonly InventoryHost[] => {
  const problem = (message: string): Problem => ({ at: play.hostsAt, path: pathText([at, "hosts"]), message });
  const selected = selectHosts(inventory, play.hosts);
  if (selected.kind === "fault") {
    problems.push(problem(selected.because));
    return [];
  }
  if (selected.unmatched.length > 0)
    say(describeProblem(problem(`nothing in the inventory matches ${selected.unmatched.join(", ")}`)));
  const named = new Set(selected.hosts.map((host) => host.name));
  return hosts.filter((host) => named.has(host.name));
};

/** A folder has no kernel of its own: live values set there would be this machine's, or nobody's. */
const rootProblems = ({ play, hosts: names }: PlayHosts, hosts: readonly Host[]): readonly Problem[] => {
  const live = play.play.tasks.flatMap((task) => {
    const what = whyNotThere(task);
    return what === undefined ? [] : [{ at: task.at, path: task.kind, what }];
  });
  return hosts
    .filter(({ name, connection }) => names.has(name) && connection.root !== "" && !connection.lab)
    .flatMap(({ name }) =>
      live.map(({ at, path, what }) => ({ at, path, message: `${name} has a ctfleet_root: ${what}` })),
    );
};

const whyNotThere = (task: Task): string | undefined => {
  if (task.kind === "command") return "no command can run there";
  return task.kind === "activate" && task.with !== "none" ? "only activate: none can be used there" : undefined;
};
