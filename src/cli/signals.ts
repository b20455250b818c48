/** 128 and the signal's number, as a shell has it. */
const exits = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopExit = (typeof exits)[keyof typeof exits];

/**
 * Ctrl-C once: finish what is under way, start nothing new. Twice: stop now. A closed terminal and `kill` do the same.
 * The exit code says which signal came (DESIGN, Command line).
 */
export type Stop = { readonly signal: AbortSignal; readonly exit: () => StopExit | undefined };

type Listening = {
  /** Tells the person what happens. */
  readonly say: (line: string) => void;
  /** How to go on after a second signal, where there is something to go on with. */
  readonly goOn: () => string | undefined;
};

/** Listens from now on. */
export const listenForStop = ({ say, goOn }: Listening): Stop => {
  const stop = new AbortController();
  let exit: StopExit | undefined;
  const on = (code: StopExit) => () => {
    if (exit !== undefined) {
      const hint = goOn();
      if (hint !== undefined) say(hint);
      process.exit(code);
    }
    exit = code;
    stop.abort();
    say("stopping: hosts that are under way are finished, no other is started; once more stops now");
  };
  process.on("SIGHUP", on(exits.SIGHUP));
  process.on("SIGINT", on(exits.SIGINT));
  process.on("SIGTERM", on(exits.SIGTERM));
  return { signal: stop.signal, exit: () => exit };
};

/**
 * Does work that starts programs of the user's; where a signal ends ctfleet meanwhile, they end first. They are groups of
 * processes of their own, which Ctrl-C at the terminal does not reach.
 */
export const untilSignal = async <T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> => {
  const stop = new AbortController();
  const handlers = (["SIGHUP", "SIGINT", "SIGTERM"] as const).map((signal) => {
    const onSignal = (): void => {
      stop.abort();
      process.exit(exits[signal]);
    };
    process.on(signal, onSignal);
    return () => process.off(signal, onSignal);
  });
  try {
    return await work(stop.signal);
  } finally {
    for (const remove of handlers) remove();
  }
};
