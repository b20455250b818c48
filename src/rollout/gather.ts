import { parseFacts } from "../facts/parse.ts";
import { buildProbe } from "../facts/probe.ts";
import type { HostPath } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { Become } from "../remote/become.ts";
import type { Remote } from "../remote/port.ts";
import { runScript } from "../remote/script.ts";
import type { Deadlines, Effects } from "./effects.ts";
import type { Sessions } from "./sessions.ts";

/** What to look at on a host beside conntrack itself, and as whom. */
export type GatherRequest = {
  readonly files: readonly HostPath[];
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
  readonly asks: readonly { readonly argv: readonly string[]; readonly within: number }[];
  readonly become: Become;
};

export type Gathered =
  | { readonly kind: "facts"; readonly facts: Facts }
  | { readonly kind: "failed"; readonly failure: Failure };

type GatherContext = { readonly sessions: Sessions; readonly effects: Effects; readonly deadlines: Deadlines };

/**
 * Connects and runs the probe: one exec that changes nothing. A connection that is lost on the way, or a file that changed
 * while it was read, is tried once more, since reading again does no harm.
 */
export const gather = async (host: Host, request: GatherRequest, context: GatherContext): Promise<Gathered> => {
  const first = await gatherOnce(host, request, context);
  const again = first.kind === "failed" && ["connection_lost", "output_garbled"].includes(first.failure.code);
  return again ? gatherOnce(host, request, context) : first;
};

const gatherOnce = async (host: Host, request: GatherRequest, context: GatherContext): Promise<Gathered> => {
  const connected = await context.sessions.open(host);
  if (connected.kind === "failed") return connected;
  const gathered = await probe(connected.remote, host, request, context);
  context.sessions.release(host, connected.remote, gathered.kind === "facts");
  return gathered;
};

const probe = async (
  remote: Remote,
  host: Host,
  { files, owners, asks, become }: GatherRequest,
  { effects, deadlines }: GatherContext,
): Promise<Gathered> => {
  const request = { nonce: effects.nonce(), root: host.connection.root, files, owners, asks };
  const ran = await runScript(remote, {
    script: buildProbe(request),
    nonce: request.nonce,
    become,
    within: deadlines.gather,
    changes: false,
  });
  if (ran.kind === "failed") return ran;
  const parsed = parseFacts(ran.stdout, request);
  return parsed.kind === "ok"
    ? { kind: "facts", facts: parsed.facts }
    : { kind: "failed", failure: { code: "output_garbled", detail: parsed.because, sent: false } };
};
