import { type ChildProcess, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
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
  /** Why nothing was attempted. */
  readonly because?: string;
  readonly needs?: readonly string[];
  readonly facts?: { readonly [name: string]: unknown };
};

/** A line of a run's journal, as far as a test waits for it. */
type Entry = { readonly kind: string; readonly stage?: string };

/** A ctfleet at work. */
export type RunningCtfleet = {
  /** Fulfilled when it has ended; refused where it gave no report. */
  readonly report: Promise<VmReport>;
  /** Waits until the run's journal says so, and gives the run's id; throws where ctfleet ends without having said it. */
  readonly entered: (entry: Entry) => Promise<string>;
  /** kill -9; fulfilled when it is gone. */
  readonly kill: () => Promise<void>;
};

/** Runs the built bin against the guest, without a terminal. */
export type CtfleetRunner = {
  /** Throws where it gives no report. */
  (words: readonly string[]): Promise<VmReport>;
  readonly start: (words: readonly string[]) => Promise<RunningCtfleet>;
};

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
  const start = (words: readonly string[]) => startBin([...words, ...common], guest.folder);
  return Object.assign(async (words: readonly string[]) => (await start(words)).report, { start });
};

/** State goes into the test's folder; a run ends after thirteen minutes at most, three more than a reboot may take. */
const startBin = async (words: readonly string[], folder: string): Promise<RunningCtfleet> => {
  if (!existsSync(bin)) throw new Error("the bundle is not there: npm run build");
  const journals = join(folder, "state/ctfleet/runs");
  const state = await sizesIn(journals);
  const env = { ...process.env, SSH_AUTH_SOCK: "", XDG_STATE_HOME: join(folder, "state") };
  const options = { timeout: 780_000, maxBuffer: 2 ** 26, env };
  let child: ChildProcess | undefined;
  const report = new Promise<VmReport>((resolve, reject) => {
    child = execFile(process.execPath, [bin, ...words], options, (_error, stdout, stderr) => {
      const read = reportOf(stdout);
      if (read !== undefined) resolve(read);
      else reject(new Error(`${words.join(" ")}: no report; exit ${child?.exitCode}\n${stdout}\n${stderr}`));
    });
    child.stdin?.end();
  });
  // Who kills it asks for no report.
  report.catch(() => undefined);
  return {
    report,
    entered: (entry) =>
      entered(entry, {
        journals,
        state,
        hasEnded: () => hasEnded(child!),
        ending: () => report.then(({ outcome, failure }) => JSON.stringify({ outcome, failure }), String),
      }),
    kill: () => kill(child!),
  };
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (hasEnded(child)) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

/** The journals of a folder with the bytes that each has. */
const sizesIn = async (journals: string): Promise<ReadonlyMap<string, number>> => {
  const names = await readdir(journals).catch(() => []);
  const files = names.filter((name) => name.endsWith(".ndjson"));
  return new Map(
    await Promise.all(files.map(async (name) => [name, (await stat(join(journals, name))).size] as const)),
  );
};

type Watched = {
  readonly journals: string;
  /** As it was before the run. */
  readonly state: ReadonlyMap<string, number>;
  readonly hasEnded: () => boolean;
  /** What it came to, for the text of a failure. */
  readonly ending: () => Promise<string>;
};

const entered = async (wanted: Entry, { journals, state, hasEnded, ending }: Watched): Promise<string> => {
  for (;;) {
    const over = hasEnded();
    for (const [name, size] of await sizesIn(journals)) {
      if (size <= (state.get(name) ?? 0)) continue;
      const written = (await readFile(join(journals, name))).subarray(state.get(name)).toString();
      if (written.split("\n").some((line) => isEntry(line, wanted))) return name.replace(".ndjson", "");
    }
    if (over)
      throw new Error(`it has ended, and its journal has no ${wanted.kind} ${wanted.stage ?? ""}: ${await ending()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const isEntry = (line: string, { kind, stage }: Entry): boolean => {
  try {
    const entry = JSON.parse(line) as Entry;
    return entry.kind === kind && (stage === undefined || entry.stage === stage);
  } catch {
    // The last line may be half written.
    return false;
  }
};

const reportOf = (stdout: string): VmReport | undefined => {
  try {
    const { exit, run, hosts } = JSON.parse(stdout) as VmReport & { readonly hosts: readonly [VmReport] };
    return { ...hosts[0], exit, run };
  } catch {
    return undefined;
  }
};
