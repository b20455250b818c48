import type { Host } from "../model/host.ts";
import type { Become } from "../remote/become.ts";
import { parseFrames } from "../remote/frames.ts";
import { runScript } from "../remote/script.ts";
import { forksOf } from "./forks.ts";
import { type Gathered, gather } from "./gather.ts";
import { steppingAside, type Walk } from "./survey.ts";

export type Visited = { readonly host: Host; readonly become: Become };

/** Calls every host, `forks` at a time, in any order; the answers stand in the order of the hosts. */
export const visitAll = <T>(hosts: readonly Visited[], walk: Walk, visit: (one: Visited, walk: Walk) => Promise<T>) => {
  const forks = forksOf(walk.forks);
  return Promise.all(
    hosts.map((one) =>
      forks.run(async (aside) => {
        if (walk.stop.aborted) return undefined;
        return await visit(one, steppingAside(walk, aside));
      }),
    ),
  );
};

/** The facts of one host, without any play. */
export const gatherFacts = async ({ host, become }: Visited, walk: Walk): Promise<Gathered> =>
  gather(host, { files: [], owners: { users: [], groups: [] }, asks: [], become }, walk);

export type Pinged = { readonly kind: "reached"; readonly uid: string } | Extract<Gathered, { kind: "failed" }>;

/** Connects, logs in, becomes, and has a shell say who it is: nothing else runs. */
export const ping = async ({ host, become }: Visited, walk: Walk): Promise<Pinged> => {
  const connected = await walk.sessions.open(host);
  if (connected.kind === "failed") return connected;
  const nonce = walk.effects.nonce();
  const script = `LC_ALL=C; uid=$(id -u) || exit 1; echo "@${nonce} uid \${#uid}"; echo "$uid"; echo "@${nonce} end 0"; echo\n`;
  const ran = await runScript(connected.remote, {
    script,
    nonce,
    become,
    within: walk.deadlines.gather,
    changes: false,
  });
  walk.sessions.release(host, connected.remote, false);
  if (ran.kind === "failed") return ran;
  const output = parseFrames(ran.stdout, nonce);
  const uid = output.kind === "whole" ? output.frames.find(({ name }) => name === "uid") : undefined;
  return uid === undefined
    ? { kind: "failed", failure: { code: "output_garbled", detail: "no answer in the output", sent: false } }
    : { kind: "reached", uid: Buffer.from(uid.bytes).toString("latin1") };
};
