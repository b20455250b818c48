import { runScript, type ScriptResult } from "../remote/script.ts";
import type { Target, Walk } from "./survey.ts";

type Script = {
  readonly script: string;
  readonly nonce: string;
  /** Is the connection of any use after it? */
  readonly keep: boolean;
};

/**
 * Sends a script that changes the host, once. A kept connection may have died while it was idle: nothing has reached the
 * host then, and a new one is tried.
 */
export const sendScript = async (
  target: Pick<Target, "host" | "become">,
  script: Script,
  walk: Walk,
): Promise<ScriptResult> => {
  const first = await sendOnce(target, script, walk);
  const idle = first.kind === "failed" && first.failure.code === "connection_lost" && !first.failure.sent;
  return idle ? sendOnce(target, script, walk) : first;
};

const sendOnce = async (
  { host, become }: Pick<Target, "host" | "become">,
  { script, nonce, keep }: Script,
  walk: Walk,
): Promise<ScriptResult> => {
  const connected = await walk.sessions.open(host);
  if (connected.kind === "failed") return connected;
  const request = { script, nonce, become, within: walk.deadlines.apply, changes: true };
  const ran = await runScript(connected.remote, request);
  walk.sessions.release(host, connected.remote, keep && ran.kind === "printed");
  return ran;
};
