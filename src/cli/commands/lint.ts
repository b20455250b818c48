import type { Checked } from "../../model/problem.ts";
import { describeProblem } from "../../report/describe.ts";
import { plural } from "../../report/text.ts";
import { allAtOnce } from "../all-at-once.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { readGivenVars } from "../given-vars.ts";
import { load } from "../load.ts";
import { loadPlays } from "../load-plays.ts";
import type { FleetOptions } from "../options.ts";
import { planRoutes } from "../plan-routes.ts";

/** `lint`: every mistake in playbook and templates, and where an inventory is named in that and in ssh_config; without any connection. */
export const lint = async (options: FleetOptions, playbook: string): Promise<number> => {
  tolerateClosedPipes();
  const counts =
    options.inventory === undefined ? await countPlays(options, playbook) : await countAll(options, playbook);
  if (counts.kind === "problems") return refuse(counts.problems);
  print(`ok: ${counts.value}\n`);
  return 0;
};

const countPlays = async (options: FleetOptions, playbook: string): Promise<Checked<string>> => {
  const given = await readGivenVars(options);
  if (given.kind === "problems") return given;
  const plays = await loadPlays(playbook, given.value);
  return plays.kind === "problems" ? plays : { kind: "ok", value: plural(plays.value.plays.length, "play") };
};

const countAll = async (options: FleetOptions, playbook: string): Promise<Checked<string>> => {
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return loaded;
  const { plays, hosts } = loaded.value;
  const routes = await planRoutes(options, hosts);
  if (routes.kind === "problems") return routes;
  const counts = plays.map((one) => ({ play: one.play.play, hosts: one.hosts.size }));
  for (const problem of allAtOnce(counts, options)) say(describeProblem(problem));
  return { kind: "ok", value: `${plural(plays.length, "play")}, ${plural(hosts.length, "host")}` };
};
