import type { Failure } from "../model/failure.ts";
import { type Become, becomeCommand, becomeWithin } from "./become.ts";
import { becomeFailure, notBecome } from "./become-failure.ts";
import { loginFailure } from "./login-failure.ts";
import { apart, onTerminal } from "./on-terminal.ts";
import type { ExecResult, Remote } from "./port.ts";

export type ScriptRequest = {
  readonly script: string;
  readonly nonce: string;
  readonly become: Become;
  /** Milliseconds until the exit status must be in. */
  readonly within: number;
  /** Milliseconds until the wanted user's shell must run. */
  readonly becomeWithin?: number;
  readonly changes: boolean;
};

export type ScriptResult =
  | { readonly kind: "printed"; readonly stdout: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure };

const caps = { stdout: 8 * 2 ** 20, stderr: 64 * 2 ** 10 };

/** Runs one script of ours through `/bin/sh -s` and gives what it printed; only exit status 0 is a success. */
export const runScript = async (remote: Remote, request: ScriptRequest): Promise<ScriptResult> => {
  const { script, nonce, become, within, changes } = request;
  const command = becomeCommand(become, nonce, Math.min(request.becomeWithin ?? becomeWithin, within));
  const stdin = command.terminal ? onTerminal(script) : script;
  const result = await remote.exec({ ...command, stdin, within, caps, changes });
  switch (result.kind) {
    case "failed":
      return result;
    case "not_ready":
      return { kind: "failed", failure: notBecome(become, result, command.prompt?.within ?? within) };
    case "exited": {
      const { stdout, stderr } = command.terminal ? apart(result.stdout, nonce) : result;
      const { status } = result;
      if (status === 0) return { kind: "printed", stdout };
      return { kind: "failed", failure: failureOf(request, { kind: "exited", status, stdout, stderr }) };
    }
  }
};

const failureOf = (
  { nonce, become, changes }: ScriptRequest,
  { status, stdout, stderr }: Extract<ExecResult, { kind: "exited" }>,
): Failure => {
  const words = text(stderr);
  const failed = `exit status ${status}`;
  const failure = (detail: string): Failure => ({ code: "script_failed", detail, sent: changes });
  // Frames of ours mean that the script began, as whom it should.
  if (bytesOf(stdout).includes(`@${nonce} `)) return failure(words === "" ? failed : `${failed}: ${words}`);
  const said = `${words}\n${text(stdout)}`.trim();
  const mute = `${failed} without a word (a login shell like /bin/false does that)`;
  return (
    loginFailure(said) ?? becomeFailure(become, status, said) ?? failure(said === "" ? mute : `${failed}: ${said}`)
  );
};

const bytesOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The last words: there the reason stands. */
const text = (bytes: Uint8Array): string => bytesOf(bytes).toString("utf8").trim().slice(-1000);
