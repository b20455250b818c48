import { buildUnlock } from "../apply/build-unlock.ts";
import { parseUnlock } from "../apply/parse-unlock.ts";
import type { RunId } from "../model/brand.ts";
import { runScript } from "../remote/script.ts";
import type { Walk } from "./survey.ts";
import type { Visited } from "./visit.ts";

/** Breaks the lock of a run on one host. Undefined: it is gone; else why it is not. */
export const unlockHost = async ({ host, become }: Visited, run: RunId, walk: Walk): Promise<string | undefined> => {
  const connected = await walk.sessions.open(host);
  if (connected.kind === "failed") return connected.failure.code;
  const nonce = walk.effects.nonce();
  const script = buildUnlock({ nonce, run, root: host.connection.root });
  const ran = await runScript(connected.remote, {
    ...{ script, nonce, become, within: walk.deadlines.apply },
    changes: true,
  });
  walk.sessions.release(host, connected.remote, false);
  if (ran.kind === "failed") return ran.failure.code;
  const result = parseUnlock(ran.stdout, nonce);
  switch (result.kind) {
    case "broken":
    case "nothing":
      return undefined;
    case "other":
      return "another run has it by now";
    case "failed":
      return result.error;
    case "garbled":
      return result.because;
  }
};
