import { plural } from "../../report/text.ts";
import { print, refuse, tolerateClosedPipes } from "../console.ts";
import { load } from "../load.ts";
import { readGiven } from "../load-inventory.ts";
import { loadPlays } from "../load-plays.ts";
import type { FleetOptions } from "../options.ts";

/** `lint`: every mistake in playbook and templates, and in the inventory where one is named; without any connection. */
export const lint = async (options: FleetOptions, playbook: string): Promise<number> => {
  tolerateClosedPipes();
  if (options.inventory === undefined) {
    const given = await readGiven(options);
    if (given.kind === "problems") return refuse(given.problems);
    const plays = await loadPlays(playbook, given.value);
    if (plays.kind === "problems") return refuse(plays.problems);
    print(`ok: ${plural(plays.value.length, "play")}\n`);
    return 0;
  }
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { plays } = loaded.value;
  const hosts = new Set(plays.flatMap((one) => [...one.hosts]));
  print(`ok: ${plural(plays.length, "play")}, ${plural(hosts.size, "host")}\n`);
  return 0;
};
