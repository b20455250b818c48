import { appendFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * A controller whose state folder is a disk of its own, of 256 KiB, in a mount namespace that goes with it. What was in the
 * folder is there, too. `full`: there is no room from the beginning.
 */
export const smallDisk = (state: string, { full = false } = {}) => ({
  state,
  within: [
    ...["unshare", "--mount", "sh", "-c"],
    `copy=$(mktemp -d) && cp -a "$0/." "$copy" && mount -t tmpfs -o size=256k small "$0" && cp -a "$copy/." "$0" && rm -rf "$copy" || exit 99
     ${full ? 'cat /dev/zero >"$0/filler" 2>/dev/null' : ":"}
     exec "$@"`,
    state,
  ],
});

/** Fills the small disk of a controller that runs: also the rest of the page that its journal ends in. */
export const fillDisk = async (pid: number, state: string): Promise<void> => {
  const here = join(`/proc/${pid}/root`, state);
  for (const size of [262_144, page, 1]) await fill(join(here, "filler"), size);
  const runs = join(here, "ctfleet/runs");
  const names = await readdir(runs).catch((): string[] => []);
  for (const name of names.filter((one) => one.endsWith(".ndjson"))) {
    const { size } = await stat(join(runs, name));
    await fill(join(runs, name), page - (size % page));
  }
};

const page = 4096;

/** Appends until there is no room for so many bytes more. */
const fill = async (file: string, size: number): Promise<void> => {
  for (;;) {
    try {
      await appendFile(file, Buffer.alloc(size, "\n"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
};
