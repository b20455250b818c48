import type { Failure } from "../model/failure.ts";
import { type Become, becomeCommand, becomeFailure } from "./become.ts";
import type { Remote } from "./port.ts";

export type ScriptRequest = {
  readonly script: string;
  readonly nonce: string;
  readonly become: Become;
  /** Milliseconds until the exit status must be in. */
  readonly within: number;
  readonly changes: boolean;
};

export type ScriptResult =
  | { readonly kind: "printed"; readonly stdout: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure };

const caps = { stdout: 8 * 2 ** 20, stderr: 64 * 2 ** 10 };

/** Runs one script of ours through `/bin/sh -s` and gives what it printed; only exit status 0 is a success. */
export const runScript = async (remote: Remote, request: ScriptRequest): Promise<ScriptResult> => {
  const { script, nonce, become, within, changes } = request;
  const result = await remote.exec({ ...becomeCommand(become, nonce), stdin: script, within, caps, changes });
  if (result.kind === "failed") return result;
  if (result.status === 0) return { kind: "printed", stdout: result.stdout };
  // Frames of ours mean that become went well.
  const began = Buffer.from(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength).includes(
    `@${nonce} `,
  );
  return { kind: "failed", failure: scriptFailure(began ? { kind: "no" } : become, result, changes) };
};

const scriptFailure = (
  become: Become,
  { status, stderr }: { readonly status: number; readonly stderr: Uint8Array },
  changes: boolean,
): Failure => {
  const words = Buffer.from(stderr).toString("utf8").trim().slice(-1000);
  const refused = become.kind === "sudo" ? becomeFailure(status, words) : undefined;
  return (
    refused ?? {
      code: "script_failed",
      detail: `exit status ${status}${words === "" ? "" : `: ${words}`}`,
      sent: changes,
    }
  );
};
