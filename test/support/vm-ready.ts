import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort } from "./sshd.ts";
import { startQemu } from "./vm-qemu.ts";
import { guestShell, reachable } from "./vm-ssh.ts";

/** The name of the snapshot from which every machine goes on. */
export const snapshot = "ready";

/** Where test/vm/image.sh has put the disk, the kernel, the keys, and `ready.qcow2`. */
export const imageFolder = (): string => {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const current = join(cache, "ctfleet-vm/current");
  if (!existsSync(current)) throw new Error(`${current} is not there: sh test/vm/setup.sh`);
  return realpathSync(current);
};

// ctfleet reboots no host that has just booted: every machine starts with some minutes behind it.
const upLongEnough = "while read -r up rest </proc/uptime && [ ${up%%.*} -lt 130 ]; do sleep 5; done";

/** Boots the image once, and keeps the running machine as a snapshot in a disk of its own. */
export const setup = async (): Promise<void> => {
  const image = imageFolder();
  const ready = join(image, `${snapshot}.qcow2`);
  if (existsSync(ready)) return;
  const folder = join(image, `booting-${process.pid}`);
  mkdirSync(folder);
  const disk = join(folder, "disk.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", join(image, "disk.img"), disk]);
  const port = await freePort();
  const started = performance.now();
  const qemu = startQemu({ image, disk, folder, port });
  try {
    const guest = { image, port, folder };
    const shell = guestShell(guest);
    await reachable(guest, 300_000);
    await shell("systemctl is-system-running --wait", "", 200_000);
    await shell(`${upLongEnough}; sync; echo 3 >/proc/sys/vm/drop_caches`, "", 300_000);
    const answer = await qemu.monitor(`savevm ${snapshot}`);
    if (answer !== "") throw new Error(`savevm: ${answer}`);
    renameSync(disk, ready);
    console.log(`the virtual machine booted in ${((performance.now() - started) / 1000).toFixed(0)} s, once`);
  } catch (thrown) {
    const said = existsSync(qemu.console) ? readFileSync(qemu.console, "utf8").slice(-2000) : "";
    throw new Error(`the virtual machine did not boot; its console: ${said}`, { cause: thrown });
  } finally {
    await qemu.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
