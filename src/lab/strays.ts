import { readdir, readFile } from "node:fs/promises";

/**
 * Kills what left its group (setsid, a timer in the background) but still has a host's root folder in its environment.
 * Only on systems with /proc.
 */
export const killStrays = async (root: string): Promise<void> => {
  const mark = `CTFLEET_LAB_ROOT=${root}\0`;
  const names = await readdir("/proc").catch((): string[] => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(
    pids.map(async (pid) => {
      // Others' environments are closed to us, and processes come and go.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (`\0${environment}\0`.includes(`\0${mark}`)) end(pid);
    }),
  );
};

const end = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone since.
  }
};
