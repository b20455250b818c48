import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs an agent on this socket that holds these keys while `use` runs. */
export const withAgent = async (
  { socket, keys }: { readonly socket: string; readonly keys: readonly string[] },
  use: (socket: string) => Promise<void>,
): Promise<void> => {
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((resolve) => agent.stdout.once("data", resolve));
  try {
    for (const key of keys) await execute("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    await use(socket);
  } finally {
    const gone = new Promise((resolve) => agent.once("exit", resolve));
    agent.kill();
    await gone;
  }
};
