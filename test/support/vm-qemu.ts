import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";

/** A machine under software emulation. */
export type Qemu = {
  /** Says a line to qemu's monitor and gives its answer. */
  readonly monitor: (line: string) => Promise<string>;
  /** What came on the serial console, for a failure's text: the file. */
  readonly console: string;
  /** Fulfilled when it has ended, with what it said of why. */
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
};

export type QemuRequest = {
  /** Where image.sh has put kernel and initramfs. */
  readonly image: string;
  /** The machine's own disk, a qcow2. */
  readonly disk: string;
  /** A folder for the monitor's socket and the console. */
  readonly folder: string;
  /** Of the loopback, to the guest's 22. */
  readonly port: number;
  /** Go on from this snapshot of the disk instead of booting. */
  readonly from?: string;
};

// No svm: the guest would load KVM. No la57: page tables of four levels are walked faster.
const machine = ["-accel", "tcg,thread=multi", "-cpu", "max,-svm,-la57", "-smp", "2", "-m", "1024"];
// On a busy machine the guest's timer comes late: the kernel takes that for a broken one, and panics.
const patient = "no_timer_check panic=1";
const kernelLine = `root=/dev/vda rw console=ttyS0 quiet systemd.show_status=0 mitigations=off ${patient}`;

/** Starts it; it ends with `stop()`, and with the process that started it. A snapshot needs the same machine again. */
export const startQemu = ({ image, disk, folder, port, from }: QemuRequest): Qemu => {
  const socket = join(folder, "monitor");
  const words = [
    ...machine,
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    ...["-serial", `file:${join(folder, "console")}`, "-monitor", `unix:${socket},server,nowait`],
    ...["-kernel", join(image, "vmlinuz"), "-initrd", join(image, "initrd.img"), "-append", kernelLine],
    ...["-drive", `file=${disk},if=virtio,format=qcow2,cache=unsafe`],
    ...["-netdev", `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:22`, "-device", "virtio-net-pci,netdev=net,romfile="],
    ...["-device", "virtio-rng-pci"],
    ...(from === undefined ? [] : ["-loadvm", from]),
  ];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4096);
  });
  const monitor = async (line: string): Promise<string> => {
    if (ended(child)) throw new Error(`qemu has ended: ${errors}`);
    return ask(socket, line);
  };
  const over = new Promise<string>((resolve) => child.once("close", () => resolve(errors)));
  return { monitor, console: join(folder, "console"), ended: over, stop: () => kill(child) };
};

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (ended(child)) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

const prompt = "(qemu) ";

/** One question on a connection of its own: the monitor greets with its prompt, and ends its answer with another. */
const ask = (socket: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const connection = connect(socket).setEncoding("utf8").setTimeout(120_000);
    let heard = "";
    connection.on("data", (text: string) => {
      const greeted = heard.includes(prompt);
      heard += text;
      const parts = heard.split(prompt);
      if (!greeted && parts.length === 2) connection.write(`${line}\n`);
      if (parts.length < 3) return;
      connection.destroy();
      // The first line is our own, as the monitor's line editor draws it.
      resolve(parts[1]!.split("\r\n").slice(1).join("\n").trim());
    });
    connection.once("timeout", () => connection.destroy(new Error(`no answer of qemu's monitor to ${line}`)));
    connection.once("error", reject);
  });
