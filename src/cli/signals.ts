/**
 * Ctrl-C once: finish what is under way, start nothing new. Twice: stop now. The exit code says which signal came
 * (DESIGN, Command line).
 */
export type Stop = { readonly signal: AbortSignal; readonly exit: () => 130 | 143 | undefined };

/** Listens from now on; `say` tells the person what happens. */
export const listenForStop = (say: (line: string) => void): Stop => {
  const stop = new AbortController();
  let exit: 130 | 143 | undefined;
  const on = (code: 130 | 143) => () => {
    if (exit !== undefined) process.exit(code);
    exit = code;
    stop.abort();
    say("stopping: hosts that are under way are finished, no other is started; once more stops now");
  };
  process.on("SIGINT", on(130));
  process.on("SIGTERM", on(143));
  return { signal: stop.signal, exit: () => exit };
};
