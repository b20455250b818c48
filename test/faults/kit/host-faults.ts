import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { SshdHost } from "../../support/sshd.ts";
import front from "./front.sh";

export type ScriptKind = "gather" | "apply" | "reboot" | "confirm" | "revert" | "other";
/** A moment on a host: before or after a script of ours ran, or the start of a program. */
export type Point = `${ScriptKind}-${"before" | "after"}` | `program-${string}`;

/** What a test decides about a host of sshd.ts whose ForceCommand is `forceCommand`. */
export type HostFaults = {
  /** What comes to this point next waits there; what comes after it does not. */
  readonly hold: (point: Point) => Promise<Held>;
  /** Lines of sh that run at this point, in the shell that comes there: `exit 3`, `exec yes`. */
  readonly act: (point: Point, lines: string) => Promise<void>;
  /** What scripts of this kind print goes through these lines of sh; their exit status is 0 then. */
  readonly filter: (kind: ScriptKind, lines: string) => Promise<void>;
  /** A program of the host that begins with these lines, and then is itself. */
  readonly program: (name: string, lines?: string) => Promise<void>;
  /** How often this point was come to. */
  readonly count: (point: Point) => Promise<number>;
  /** From now on everything is as usual; what was held goes on. */
  readonly clear: () => Promise<void>;
};

export type Held = {
  /** Fulfilled when something waits there. */
  readonly reached: () => Promise<void>;
  readonly release: () => Promise<void>;
};

const folder = "/run/faults";
const frontPath = "/etc/faults/front";
export const forceCommand = { ForceCommand: frontPath };

export const faultsOn = async (host: SshdHost): Promise<HostFaults> => {
  const here = join(host.root, folder);
  await host.writeFile(frontPath, front, 0o755);
  await mkdir(join(here, "bin"), { recursive: true });
  // Whoever logs in comes here.
  for (const one of [here, join(here, "bin")]) await chmod(one, 0o777);
  const count = async (point: Point): Promise<number> => {
    const text = await readFile(join(here, `at-${point}`), "utf8").catch(() => "");
    return text.split("\n").length - 1;
  };
  const act = (point: Point, lines: string): Promise<void> => writeFile(join(here, `do-${point}`), `${lines}\n`);
  return {
    act,
    count,
    filter: (kind, lines) => writeFile(join(here, `filter-${kind}`), `${lines}\n`),
    hold: async (point) => {
      const files = ["hold", "held"].map((name) => join(here, `${name}-${point}`));
      const before = await count(point);
      await writeFile(files[0]!, "");
      return {
        reached: () => expect.poll(() => count(point), { timeout: 30_000, interval: 20 }).toBeGreaterThan(before),
        release: async () => {
          for (const file of files) await rm(file, { force: true });
        },
      };
    },
    program: async (name, lines) => {
      await rm(join(here, "bin", name), { force: true });
      await symlink(frontPath, join(here, "bin", name));
      if (lines !== undefined) await act(`program-${name}`, lines);
    },
    clear: async () => {
      await host.run(
        `rm -rf ${folder}/do-* ${folder}/hold-* ${folder}/held-* ${folder}/at-* ${folder}/filter-* ${folder}/bin/*`,
      );
    },
  };
};
