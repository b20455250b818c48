import { spawn } from "node:child_process";
import type { Lab } from "../../src/lab/lab.ts";

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type SshRequest = {
  readonly host: string;
  /** Standard input of the command. */
  readonly input?: string;
  /** A line for the host; `/bin/sh -s` where there is none. */
  readonly line?: string;
  readonly options?: readonly string[];
  /** Another ssh_config than the fleet's. */
  readonly config?: string;
};

/** Runs something on a practice host with plain ssh, as a person would. Ends by itself after 30 s. */
export const ssh = (
  lab: Lab,
  { host, input = "", line = "/bin/sh -s", options = [], config }: SshRequest,
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn("ssh", ["-F", config ?? lab.files.sshConfig, ...options, host, line], { timeout: 30_000 });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });

/** What a script prints on a practice host, without the last line feed; throws where it fails. */
export const onHost = async (lab: Lab, host: string, input: string): Promise<string> => {
  const { status, stdout, stderr } = await ssh(lab, { host, input });
  if (status !== 0) throw new Error(`${host}: exit ${status}: ${stderr}`);
  return stdout.trimEnd();
};
