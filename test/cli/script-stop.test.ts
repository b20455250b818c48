import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const bin = join(import.meta.dirname, "../../dist/ctfleet.js");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-script-"));
});
afterAll(() => rm(folder, { recursive: true }));

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s while an executable inventory runs ends it too, and is exit %i", async (signal, exit) => {
  const inventory = join(folder, signal);
  const pidFile = `${inventory}.pid`;
  await writeFile(
    inventory,
    `#!/bin/sh\nsleep 300 &\necho "$!" >'${pidFile}.new'\nmv '${pidFile}.new' '${pidFile}'\nwait\n`,
  );
  await chmod(inventory, 0o755);
  const child = spawn(process.execPath, [bin, "inventory", "list", "-i", inventory], { stdio: "ignore" });
  const pid = async () => Number(await readFile(pidFile, "utf8").catch(() => "0"));
  await expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0);
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([exit, null]);
  const sleeper = await pid();
  await expect.poll(() => isThere(sleeper), { timeout: 10_000 }).toBe(false);
});
