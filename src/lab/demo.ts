import { spawn } from "node:child_process";
import { join } from "node:path";
import { tour } from "./kinds.ts";
import { type Lab, startLab } from "./lab.ts";

/** One command of the demonstration: what it shows, and the exit code that it must end with. */
type Step = { readonly says: string; readonly args: readonly string[]; readonly exit: number };

const folder = join(import.meta.dirname, "..");
const program = join(import.meta.dirname, "ctfleet.js");
const playbook = "playbooks/raise-ceiling.yaml";
const within = 60_000;

const steps: readonly Step[] = [
  {
    says: "Read and judge, change nothing. Some tables are full: exit 2.",
    args: ["audit", playbook],
    exit: 2,
  },
  { says: "Change the fleet in batches, and prove every host: exit 0.", args: ["apply", playbook, "--yes"], exit: 0 },
  {
    says: "Once more. Nothing is left to do; guests that may not write are skipped, and are said to be: exit 0.",
    args: ["audit", playbook],
    exit: 0,
  },
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Brings the practice fleet up, shows the main job on it, and takes it down. The exit code of the demonstration. */
const demonstrate = async (): Promise<number> => {
  const began = performance.now();
  const lab = await startLab({ kinds: tour });
  process.once("SIGINT", () => void lab.stop().then(() => process.exit(130)));
  process.once("SIGTERM", () => void lab.stop().then(() => process.exit(143)));
  say(`${lab.hosts.length} practice hosts are up on 127.0.0.1, each of another kind:`);
  for (const { kind } of lab.hosts) say(`  ${kind.name.padEnd(14)} ${kind.about}`);
  try {
    for (const step of steps) {
      const wrong = await show(step, lab);
      if (wrong !== undefined) {
        say(`\nThe demonstration failed: ${wrong}`);
        return 1;
      }
    }
  } finally {
    await lab.stop();
  }
  say(`\nThe demonstration held, in ${Math.round((performance.now() - began) / 1000)} s. The practice fleet is gone.`);
  return 0;
};

/** Runs one command as a person would. What went otherwise than it should have, if anything did. */
const show = async ({ says, args, exit }: Step, { files }: Lab): Promise<string | undefined> => {
  const all = [...args, "-i", files.inventory, "--known-hosts", files.knownHosts];
  say(`\n# ${says}\n$ ctfleet ${all.join(" ")}`);
  const ended = await run(all);
  say(`exit ${ended}`);
  return ended === exit
    ? undefined
    : `\`ctfleet ${args.join(" ")}\` ended with ${ended} and should have ended with ${exit}`;
};

/** Exit code of the built program, or how else it ended. Its output goes where ours goes. */
const run = (args: readonly string[]): Promise<number | string> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    const deadline = setTimeout(() => child.kill("SIGKILL"), within);
    const end = (how: number | string) => {
      clearTimeout(deadline);
      resolve(how);
    };
    child.once("error", (error) => end(`an error (${error.message})`));
    child.once("close", (status, signal) => end(status ?? `signal ${signal ?? "?"}`));
  });

process.exitCode = await demonstrate();
