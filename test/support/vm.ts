import { constants, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./sshd.ts";
import { type CtfleetRunner, runnerFor } from "./vm-ctfleet.ts";
import { startQemu } from "./vm-qemu.ts";
import { imageFolder, snapshot } from "./vm-ready.ts";
import { type GuestShell, guestShell, reachable, shareConnection } from "./vm-ssh.ts";

/** A running Debian with its own kernel, on which connection tracking is not loaded. */
export type Vm = {
  /** A line of sh as root in the guest, over plain ssh: how a test looks at what ctfleet did. */
  readonly run: GuestShell;
  /** The built ctfleet with an inventory of this one host, `vm`: the operator logs in and becomes root with sudo. */
  readonly ctfleet: CtfleetRunner;
  /** A folder for the test's own files, removed at the end. */
  readonly folder: string;
  /** Writes a playbook into it; gives its path. */
  readonly playbook: (text: string) => Promise<string>;
  readonly bootId: () => Promise<string>;
  /** Reboots without ctfleet and waits until the guest is back, another one. */
  readonly reboot: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a machine of its own from the snapshot: a few seconds. It ends with `stop()`, and with the test's process. */
export const startVm = async (): Promise<Vm> => {
  const image = imageFolder();
  const folder = await mkdtemp(join(tmpdir(), "ctfleet-vm-"));
  const disk = join(folder, "disk.qcow2");
  await copyFile(join(image, `${snapshot}.qcow2`), disk, constants.COPYFILE_FICLONE);
  const port = await freePort();
  const qemu = startQemu({ image, disk, folder, port, from: snapshot });
  const stop = async (): Promise<void> => {
    await qemu.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const guest = { image, port, folder };
    const run = guestShell(guest);
    await reachable(run, 120_000);
    shareConnection(guest);
    // The guest woke up at the time at which it was saved.
    await run(`date -s @${Math.ceil(Date.now() / 1000)}`);
    const ctfleet = await runnerFor({ image, folder, port });
    const bootId = async () => (await run("cat /proc/sys/kernel/random/boot_id")).trim();
    const playbook = async (text: string) => {
      const path = join(folder, "playbook.yaml");
      await writeFile(path, text);
      return path;
    };
    return {
      run,
      ctfleet,
      folder,
      playbook,
      bootId,
      reboot: () => reboot(run, bootId).then(() => shareConnection(guest)),
      stop,
    };
  } catch (thrown) {
    const said = await readFile(qemu.console, "utf8").catch(() => "");
    await stop();
    throw new Error(`the virtual machine did not start; its console: ${said.slice(-2000)}`, { cause: thrown });
  }
};

const reboot = async (run: GuestShell, bootId: () => Promise<string>): Promise<void> => {
  const before = await bootId();
  await run("systemctl reboot").catch(() => undefined);
  const deadline = performance.now() + 600_000;
  for (;;) {
    await reachable(run, 600_000);
    if ((await bootId().catch(() => before)) !== before) break;
    if (performance.now() > deadline) throw new Error("the guest did not reboot within ten minutes");
  }
  await run("systemctl is-system-running --wait || true");
};
