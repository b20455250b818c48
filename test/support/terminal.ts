import { spawn } from "node:child_process";
import { join } from "node:path";
import { sh } from "../../src/remote/quote.ts";

const dist = join(import.meta.dirname, "../../dist");

/** ctfleet on a terminal of its own, with a person at the keyboard. */
export type Terminal = {
  /** Waits until the text is on the screen; throws when ctfleet ends before. */
  readonly sees: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  readonly signal: (name: NodeJS.Signals) => void;
  /** All that was on the screen, and how it ended: 128 and the signal's number where a signal ended it. */
  readonly ended: Promise<{ readonly exit: number; readonly screen: string }>;
};

type Wishes = {
  readonly env?: NodeJS.ProcessEnv;
  /** A file for stdout, so that data and screen stay apart. */
  readonly stdout?: string;
  /** A program and its arguments that start ctfleet. */
  readonly through?: readonly string[];
  /** The folder of the bundle, where it is not the usual one. */
  readonly bundle?: string;
};

/** Starts the built bin on a pseudo-terminal. */
export const onTerminal = (
  words: readonly string[],
  { env = {}, stdout, through = [], bundle = dist }: Wishes = {},
): Terminal => {
  const command = sh([...through, process.execPath, join(bundle, "ctfleet.js"), ...words]);
  const line = `echo "pid $$."; exec ${command}${stdout === undefined ? "" : ` >${sh([stdout])}`}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
    env: { ...process.env, SHELL: "/bin/sh", CI: "", SSH_AUTH_SOCK: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let look = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    look();
  });
  const ended = new Promise<{ exit: number; screen: string }>((resolve) =>
    child.once("close", (exit) => resolve({ exit: exit ?? -1, screen })),
  );
  const sees = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => {
        if (screen.includes(text)) resolve();
      };
      look();
      void ended.then(({ exit }) => reject(new Error(`ended with ${exit} and never said "${text}":\n${screen}`)));
    });
  return {
    sees,
    type: (keys) => child.stdin.write(keys),
    signal: (name) => process.kill(Number(/pid (\d+)\./.exec(screen)?.[1]), name),
    ended,
  };
};
