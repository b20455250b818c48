/** 128 and the signal's number, as a shell has it. */
const exits = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopExit = (typeof exits)[keyof typeof exits];

/**
 * Ctrl-C once: finish what is under way, start nothing new. Twice: stop now. A closed terminal and `kill` do the same.
 * The exit code says which signal came (DESIGN, Command line).
 */
export type Stop = { readonly signal: AbortSignal; readonly exit: () => StopExit | undefined };

/** Listens from now on; `say` tells the person what happens. */
export const listenForStop = (say: (line: string) => void): Stop => {
  const stop = new AbortController();
  let exit: StopExit | undefined;
  const on = (code: StopExit) => () => {
    if (exit !== undefined) process.exit(code);
    exit = code;
    stop.abort();
    say("stopping: hosts that are under way are finished, no other is started; once more stops now");
  };
  process.on("SIGHUP", on(exits.SIGHUP));
  process.on("SIGINT", on(exits.SIGINT));
  process.on("SIGTERM", on(exits.SIGTERM));
  return { signal: stop.signal, exit: () => exit };
};
