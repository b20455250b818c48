import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../dist/ctfleet.js");

export type Ran = { readonly exit: number; readonly stdout: string; readonly stderr: string };

/** Runs the built bin as a user would, without a terminal. Ends after two minutes at most. */
export const ctfleet = (words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> => {
  if (!existsSync(bin)) throw new Error("the bundle is not there: npm run build");
  return new Promise((resolve) => {
    const options = { timeout: 120_000, maxBuffer: 64 * 2 ** 20, env: { ...process.env, SSH_AUTH_SOCK: "", ...env } };
    const child = execFile(process.execPath, [bin, ...words], options, (_error, stdout, stderr) => {
      resolve({ exit: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
};

export type JsonReport = {
  readonly schema: number;
  readonly command: string;
  readonly run: string;
  readonly exit: number;
  readonly summary: { readonly [outcome: string]: number };
  readonly hosts: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly actions: readonly { readonly kind: string; readonly path?: string; readonly diff?: string }[];
    readonly findings: readonly { readonly code: string; readonly severity: string }[];
    readonly failure?: { readonly code: string; readonly message: string };
    readonly facts?: { readonly conntrack: { readonly max: number } };
  }[];
};

/** The same with `--output json`, parsed. */
export const ctfleetJson = async (words: readonly string[]): Promise<JsonReport & { readonly ran: Ran }> => {
  const ran = await ctfleet([...words, "--output", "json"]);
  try {
    return { ...(JSON.parse(ran.stdout) as JsonReport), ran };
  } catch {
    throw new Error(`no JSON report; exit ${ran.exit}\n${ran.stdout}\n${ran.stderr}`);
  }
};
