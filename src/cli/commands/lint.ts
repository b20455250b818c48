import { print, refuse, tolerateClosedPipes } from "../console.ts";
import { load } from "../load.ts";
import type { FleetOptions } from "../options.ts";

/** `lint`: every mistake in inventory, playbook and templates, without any connection. */
export const lint = async (options: FleetOptions, playbook: string): Promise<number> => {
  tolerateClosedPipes();
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { plays, hosts } = loaded.value;
  print(
    `ok: ${plays.length} ${plays.length === 1 ? "play" : "plays"}, ${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}\n`,
  );
  return 0;
};
