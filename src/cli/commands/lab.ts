import { labUp } from "../../lab/lab.ts";
import { say, tolerateClosedPipes } from "../console.ts";

/** `lab up`: the practice fleet in the foreground, until Ctrl-C. */
export const labUpCommand = async ({ dir }: { readonly dir?: string }): Promise<number> => {
  tolerateClosedPipes();
  const stop = new AbortController();
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return labUp({ dir, out: say, signal: stop.signal });
};
