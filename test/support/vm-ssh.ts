import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

/** How the tests look into a guest, beside ctfleet. */
export type Guest = {
  readonly image: string;
  readonly port: number;
  /** Where the socket of a shared connection is. */
  readonly folder: string;
};

/** Runs a line of sh as root in the guest, with `stdin`; gives its stdout, and throws when it fails or is too slow. */
export type GuestShell = (line: string, stdin?: string, within?: number) => Promise<string>;

const words = ({ image, port, folder }: Guest): readonly string[] => [
  ...["-F", "none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "LogLevel=ERROR"],
  ...["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=6"],
  // ctfleet is what checks the host key; here only the way in counts.
  ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
  ...["-S", join(folder, "ssh"), "-i", join(image, "key"), "-p", String(port), "root@127.0.0.1"],
];

/** A line for each session of plain ssh: over the shared connection while there is one, else over its own. */
export const guestShell =
  (guest: Guest): GuestShell =>
  (line, stdin = "", within = 120_000) =>
    new Promise((resolve, reject) => {
      const options = { timeout: within, maxBuffer: 2 ** 24 };
      const child = execFile("ssh", [...words(guest), line], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`${line}\n${error.message}\n${stdout}${stderr}`));
        else resolve(stdout);
      });
      // Where the session failed at once nobody reads it; that error is told above.
      child.stdin!.on("error", () => undefined).end(stdin);
    });

/** Opens the shared connection, which spares an emulated guest the key exchange; gives what ends it. It ends with us. */
export const shareConnection = (guest: Guest): (() => void) => {
  const master = ["setpriv", "--pdeathsig", "KILL", "ssh", "-M", "-N"] as const;
  const child = spawn(master[0], [...master.slice(1), ...words(guest)], { stdio: "ignore" });
  child.unref();
  return () => {
    child.kill("SIGKILL");
    // Else the next session would wait for it.
    rmSync(join(guest.folder, "ssh"), { force: true });
  };
};

/** Waits until the guest lets in; throws at the deadline, in milliseconds. */
export const reachable = async (guest: Guest, within: number): Promise<void> => {
  const deadline = performance.now() + within;
  const shell = guestShell(guest);
  for (let patience = 2000; ; patience = Math.min(20_000, patience + 1000)) {
    try {
      await greeted(guest.port, patience);
      await shell("true", "", 30_000);
      return;
    } catch (thrown) {
      if (performance.now() > deadline) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
};

/** Qemu takes a connection at once, and asks a guest that is not up only seldom: short tries are quicker than one long. */
const greeted = (port: number, within: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const connection = connect(port, "127.0.0.1").setTimeout(within);
    connection.once("data", () => {
      connection.destroy();
      resolve();
    });
    connection.once("timeout", () => connection.destroy(new Error("no greeting of sshd")));
    connection.once("error", reject);
    connection.once("end", () => connection.destroy(new Error("the connection was closed before a greeting")));
  });
