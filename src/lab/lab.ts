import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ssh2, { type ParsedKey } from "ssh2";
import { labAccount } from "./account.ts";
import { fleetFiles, inventoryText, knownHostsText, sshConfigText } from "./describe-fleet.ts";
import { hostFolder, keepKey, LabProblem, prepareFolder, unlock } from "./folder.ts";
import { type LabHost, startHost } from "./host.ts";
import type { Kind } from "./kind.ts";
import { kinds as allKinds } from "./kinds.ts";

/** A practice fleet that runs in this process. */
export type Lab = {
  readonly dir: string;
  readonly hosts: readonly LabHost[];
  /** Paths of the files for ctfleet and for plain ssh. */
  readonly files: ReturnType<typeof fleetFiles>;
  /** Ends every host; a temporary folder goes too. May be called twice. */
  readonly stop: () => Promise<void>;
};

export type LabRequest = {
  /** A new or empty folder, or one of an earlier fleet, whose hosts stay as they were. Absent: a temporary one. */
  readonly dir?: string;
  readonly kinds?: readonly Kind[];
};

/** Starts the fleet on free ports of 127.0.0.1. Rejects with a LabProblem where the folder will not do. */
export const startLab = async ({ dir: named, kinds = allKinds }: LabRequest = {}): Promise<Lab> => {
  const dir = named === undefined ? await mkdtemp(join(tmpdir(), "ctfleet-lab-")) : resolve(named);
  if (named === undefined) await chmod(dir, 0o755);
  const account = labAccount();
  const remove = async () => {
    await unlock(dir);
    if (named === undefined) await rm(dir, { recursive: true, force: true });
  };
  const hosts: LabHost[] = [];
  const stop = async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
    await remove();
  };
  const files = fleetFiles(dir);
  try {
    await prepareFolder(dir, kinds, account);
    const clientKey = publicHalf(await keepKey(files.privateKey));
    for (const kind of kinds) {
      const folder = hostFolder(dir, kind);
      const hostKey = await keepKey(join(folder, "ssh_host_ed25519_key"));
      hosts.push(await startHost({ kind, folder, hostKey, clientKey, standIns: join(dir, "stand-ins"), account }));
    }
    await writeFile(files.knownHosts, knownHostsText(hosts));
    await writeFile(files.inventory, inventoryText(dir, hosts));
    await writeFile(files.sshConfig, sshConfigText(dir, hosts));
  } catch (error) {
    await stop();
    throw error;
  }
  return { dir, files, hosts: [...hosts], stop };
};

const publicHalf = (privateKey: string): ParsedKey => {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
};

/**
 * `ctfleet lab up`: runs the fleet in the foreground until the signal aborts. Gives the exit code: 0, or 1 where the
 * folder will not do. `out` takes lines for people.
 */
export const labUp = async (request: {
  readonly dir: string | undefined;
  readonly out: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<number> => {
  const { dir, out, signal } = request;
  let lab: Lab;
  try {
    lab = await startLab(dir === undefined ? {} : { dir });
  } catch (error) {
    if (!(error instanceof LabProblem)) throw error;
    out(error.message);
    return 1;
  }
  for (const line of greeting(lab)) out(line);
  if (!signal.aborted) await once(signal, "abort");
  await lab.stop();
  return 0;
};

const greeting = ({ dir, files, hosts }: Lab): readonly string[] => [
  `${hosts.length} practice hosts are up; their files are in ${dir}`,
  ...hosts.map(({ kind, port }) => `  ${kind.name.padEnd(14)} ${String(port).padStart(5)}  ${kind.about}`),
  `try:  ctfleet audit -i ${files.inventory} --known-hosts ${files.knownHosts}`,
  `      ssh -F ${files.sshConfig} ${hosts[0]?.kind.name ?? ""} lsmod`,
  "Ctrl-C ends them",
];
