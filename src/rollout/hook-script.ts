import type { NonEmpty } from "../model/brand.ts";
import { parseFrames } from "../remote/frames.ts";
import { quote, sh } from "../remote/quote.ts";
import hookPart from "./hook.sh";

type HookRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  readonly argv: NonEmpty<string>;
  readonly env: Readonly<Record<string, string>>;
  /** After so many seconds the host ends the program, where it has `timeout`. */
  readonly seconds: number;
};

/** One script that runs a program with its words as they are; `hookStatus` reads what it printed. */
export const buildHook = ({ nonce, argv, env, seconds }: HookRequest): string =>
  [
    `nonce=${quote(nonce)}`,
    ...Object.entries(env).map(([name, value]) => `${name}=${quote(value)}; export ${name}`),
    hookPart,
    // A program that fails ends the script so: its words on standard error are part of the failure then.
    `{ ${sh(["run_hook", String(seconds), ...argv])}; exit "$status"; }\n`,
  ].join("\n");

/** The program's exit status; undefined where the script did not come to its end. */
export const hookStatus = (stdout: Uint8Array, nonce: string): number | undefined => {
  const found = parseFrames(stdout, nonce);
  const text = found.kind === "whole" ? found.frames.find(({ name }) => name === "status") : undefined;
  const status = Buffer.from(text?.bytes ?? []).toString("latin1");
  return /^\d{1,3}$/.test(status) ? Number(status) : undefined;
};
