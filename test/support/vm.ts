import { constants, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./sshd.ts";
import { type CtfleetRunner, runnerFor } from "./vm-ctfleet.ts";
import { startQemu } from "./vm-qemu.ts";
import { imageFolder, snapshot } from "./vm-ready.ts";
import { type Guest, type GuestShell, guestShell, reachable, shareConnection } from "./vm-ssh.ts";

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
  /** Waits until the guest is back in another boot than this one, and has started whatever it starts. */
  readonly backAfter: (boot: string) => Promise<void>;
  /** The machine loses its power, and what its disk was not told to keep; then it is switched on. It is not waited for. */
  readonly cutPower: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a machine of its own from the snapshot: a few seconds. It ends with `stop()`, and with the test's process. */
export const startVm = async (): Promise<Vm> => {
  const image = imageFolder();
  const folder = await mkdtemp(join(tmpdir(), "ctfleet-vm-"));
  const disk = join(folder, "disk.qcow2");
  await copyFile(join(image, `${snapshot}.qcow2`), disk, constants.COPYFILE_FICLONE);
  const port = await freePort();
  const machine = { image, disk, folder, port };
  let qemu = startQemu({ ...machine, from: snapshot });
  const stop = async (): Promise<void> => {
    await qemu.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const cutPower = async (): Promise<void> => {
    await qemu.stop();
    qemu = startQemu(machine);
  };
  try {
    const inside = await Promise.race([lookInto(machine), qemu.ended]);
    if (typeof inside === "string") throw new Error(`qemu has ended: ${inside}`);
    return { ...inside, folder, cutPower, stop };
  } catch (thrown) {
    const said = await readFile(qemu.console, "utf8").catch(() => "");
    await stop();
    throw new Error(`the virtual machine did not start; its console: ${said.slice(-2000)}`, { cause: thrown });
  }
};

/** Waits until the guest lets in; gives what a test does in it. */
const lookInto = async (guest: Guest): Promise<Omit<Vm, "folder" | "cutPower" | "stop">> => {
  const run = guestShell(guest);
  await reachable(guest, 120_000);
  let endShared = shareConnection(guest);
  // The guest woke up at the time at which it was saved.
  await run(`date -s @${Math.ceil(Date.now() / 1000)}`);
  const ctfleet = await runnerFor(guest);
  const bootId = async () => (await run("cat /proc/sys/kernel/random/boot_id")).trim();
  const backAfter = async (boot: string) => {
    // A guest that goes down may leave it open.
    endShared();
    await otherBoot(guest, bootId, boot);
    endShared = shareConnection(guest);
    await run("systemctl is-system-running --wait || true");
  };
  const reboot = async () => {
    const before = await bootId();
    await run("systemctl reboot").catch(() => undefined);
    await backAfter(before);
  };
  const playbook = async (text: string) => {
    const path = join(guest.folder, "playbook.yaml");
    await writeFile(path, text);
    return path;
  };
  return { run, ctfleet, playbook, bootId, reboot, backAfter };
};

const otherBoot = async (guest: Guest, bootId: () => Promise<string>, before: string): Promise<void> => {
  const deadline = performance.now() + 600_000;
  for (;;) {
    await reachable(guest, 600_000);
    if ((await bootId().catch(() => before)) !== before) return;
    if (performance.now() > deadline) throw new Error("the guest was in no other boot within ten minutes");
  }
};
