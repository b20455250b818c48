import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../dist/ctfleet.js");

/** What the JSON report says of the one host. */
export type VmReport = {
  readonly exit: number;
  readonly run: string;
  readonly outcome: string;
  readonly actions: readonly { readonly kind: string; readonly path?: string; readonly [field: string]: unknown }[];
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly [field: string]: unknown }[];
  readonly failure?: { readonly code: string; readonly message: string };
  readonly needs?: readonly string[];
  readonly facts?: { readonly [name: string]: unknown };
};

/** Runs the built bin against the guest, without a terminal; throws where it gives no report. */
export type CtfleetRunner = (words: readonly string[]) => Promise<VmReport>;

/** Writes inventory and known hosts of a guest; gives the runner that uses them. */
export const runnerFor = async (guest: {
  readonly image: string;
  readonly folder: string;
  readonly port: number;
}): Promise<CtfleetRunner> => {
  const inventory = join(guest.folder, "inventory.yaml");
  const knownHosts = join(guest.folder, "known_hosts");
  const key = join(guest.image, "key");
  const hostKey = (await readFile(join(guest.image, "host_key"), "utf8")).trim();
  await writeFile(knownHosts, `[127.0.0.1]:${guest.port} ${hostKey}\n`);
  const connection = `ansible_host: 127.0.0.1, ansible_port: ${guest.port}, ansible_user: ops, ansible_become: true`;
  await writeFile(inventory, `all: { hosts: { vm: { ${connection}, ansible_ssh_private_key_file: ${key} } } }\n`);
  const common = ["-i", inventory, "--known-hosts", knownHosts, "-F", "none", "--output", "json"];
  return (words) => runBin([...words, ...common], guest.folder);
};

/** State goes into the test's folder; a run ends after thirteen minutes at most, three more than a reboot may take. */
const runBin = (words: readonly string[], folder: string): Promise<VmReport> => {
  if (!existsSync(bin)) throw new Error("the bundle is not there: npm run build");
  return new Promise((resolve, reject) => {
    const env = { ...process.env, SSH_AUTH_SOCK: "", XDG_STATE_HOME: join(folder, "state") };
    const options = { timeout: 780_000, maxBuffer: 2 ** 26, env };
    const child = execFile(process.execPath, [bin, ...words], options, (_error, stdout, stderr) => {
      const report = reportOf(stdout);
      if (report === undefined)
        reject(new Error(`${words.join(" ")}: no report; exit ${child.exitCode}\n${stdout}\n${stderr}`));
      else resolve(report);
    });
    child.stdin?.end();
  });
};

const reportOf = (stdout: string): VmReport | undefined => {
  try {
    const { exit, run, hosts } = JSON.parse(stdout) as VmReport & { readonly hosts: readonly [VmReport] };
    return { ...hosts[0], exit, run };
  } catch {
    return undefined;
  }
};
