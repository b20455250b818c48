import { execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { accountFiles } from "./accounts.ts";
import applianceScript from "./appliance.sh";
import { filesOf, freePort, kill, listening, makeKey, onlyChild, type Sshd, type SshdHost } from "./sshd.ts";

const execute = promisify(execFile);

/**
 * A real dropbear on 127.1.0.1 whose file tree has nothing but busybox: no bash, no GNU tools, no sudo. Its accounts are root
 * and `operator`, both with the client key; operator also with the password of accounts.ts. The kernel's values are this machine's.
 */
export const startDropbear = async (): Promise<Sshd> => {
  const folder = await mkdtemp("/var/tmp/ctfleet-dropbear-");
  await chmod(folder, 0o755);
  const clientKey = await makeKey(join(folder, "client"), "ed25519");
  const hostKey = join(folder, "hostkey");
  const made = await execute("dropbearkey", ["-t", "ed25519", "-f", hostKey]);
  const blob = /^ssh-ed25519 \S+/m.exec(made.stdout)?.[0];
  if (blob === undefined) throw new Error(`no public key: ${made.stdout}`);
  const shadowed = accountFiles.shadow.split("\n").find((line) => line.startsWith("operator:"));
  const files = {
    authorized_keys: await readFile(`${clientKey}.pub`, "utf8"),
    passwd: "root:x:0:0:root:/root:/bin/sh\noperator:x:7002:7002::/home/operator:/bin/sh\n",
    group: "root:x:0:\noperator:x:7002:\n",
    shadow: `root:!:20000:0:99999:7:::\n${shadowed ?? ""}\n`,
    "appliance.sh": applianceScript,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const host = await startHost(folder, { address: "127.1.0.1", port: await freePort(), blob });
  const knownHostsFile = join(folder, "known_hosts");
  await writeFile(knownHostsFile, `${host.knownHosts.join("\n")}\n`);
  const stop = async (): Promise<void> => {
    await host.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { hosts: [host], folder, clientKey, knownHostsFile, stop };
};

type Place = { readonly address: string; readonly port: number; readonly blob: string };

const startHost = async (folder: string, { address, port, blob }: Place): Promise<SshdHost> => {
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["sh", join(folder, "appliance.sh"), folder, "-F", "-E", "-r", "/etc/dropbear/hostkey"],
      ...["-p", `${address}:${port}`, "-P", ""],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const log = await listening(child, "Not backgrounding");
  const pid = await onlyChild(child.pid!);
  const root = `/proc/${pid}/root`;
  const inside = ["--target", String(pid), "--mount", "--pid", "--root", "--wd=/"];
  return {
    ...{ address, port, knownHosts: [`[${address}]:${port} ${blob}`], pid, root, log },
    run: async (line) => (await execute("nsenter", [...inside, "/bin/sh", "-c", line])).stdout,
    ...filesOf(root),
    stop: () => kill(child, pid),
  };
};
