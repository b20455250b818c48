import { breakInventoryLock, type InventoryLock, inventoryLocks } from "../../history/inventory-lock.ts";
import type { HostName, RunId } from "../../model/brand.ts";
import { type AllLocks, type HostLocks, locksJson, locksText } from "../../report/locks.ts";
import { plural } from "../../report/text.ts";
import { stoppedBefore, type Walk } from "../../rollout/survey.ts";
import { unlockHost } from "../../rollout/unlock-host.ts";
import { gatherFacts, type Visited, visitAll } from "../../rollout/visit.ts";
import { confirmed } from "../agree.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import type { FleetOptions } from "../options.ts";
import { prepareHosts } from "../prepare.ts";
import { startRun } from "../start-run.ts";
import { stateFolder } from "../state-folder.ts";

/**
 * `locks`: who holds what, on this controller, and on the hosts where an inventory is given. `--break RUN` takes the locks of a
 * run away; a change that waits for its confirmation stays, and puts itself back in time.
 */
export const locks = async (options: FleetOptions): Promise<number> => {
  tolerateClosedPipes();
  const inventories = await inventoryLocks(stateFolder());
  if (inventories.kind === "problems") return refuse(inventories.problems);
  const here = inventories.value;
  if (options.inventory === undefined) return tell({ inventories: here, hosts: [] }, options, undefined);
  const prepared = await prepareHosts(options);
  if (prepared === 1) return 1;
  const { visited } = prepared;
  const run = startRun(options, { quiet: true });
  const exit = await run.walk(prepared, async (walk) => {
    const hosts = (await visitAll(visited, walk, locksOn)).filter((one) => one !== undefined);
    return tell({ inventories: here, hosts }, options, { visited, walk, stop: run.stop.signal });
  });
  return run.stop.exit() ?? exit;
};

type Reach = { readonly visited: readonly Visited[]; readonly walk: Walk; readonly stop: AbortSignal };

const locksOn = async (one: Visited, walk: Walk): Promise<HostLocks> => {
  const { name } = one.host;
  const gathered = await gatherFacts(one, walk);
  return gathered.kind === "failed" ? { name, ...gathered } : { name, kind: "read", own: gathered.facts };
};

const tell = async (all: AllLocks, options: FleetOptions, reach: Reach | undefined): Promise<number> => {
  const own = all.hosts.map((host) =>
    host.kind === "failed"
      ? host
      : { ...host, own: { lock: host.own.lock, pending: host.own.pending, reverted: host.own.reverted } },
  );
  const told = { ...all, hosts: own };
  print(options.output === "json" ? locksJson(told) : locksText(told, coloursFor(process.stdout)));
  const unread = all.hosts.some(({ kind }) => kind === "failed") ? 4 : 0;
  return options.break === undefined ? unread : breakLocks(told, options.break, { options, reach });
};

type Breaking = { readonly options: FleetOptions; readonly reach: Reach | undefined };

const breakLocks = async (all: AllLocks, run: string, { options, reach }: Breaking): Promise<number> => {
  const here = all.inventories.filter((lock) => lock.kind !== "unreadable" && lock.by.run === run);
  const there = all.hosts.filter(
    (host) => host.kind === "read" && host.own.lock.kind === "read" && host.own.lock.value.run === run,
  );
  const count = here.length + there.length;
  if (count === 0) {
    say(
      `ctfleet: run ${run} holds no lock${reach === undefined ? " on this controller; with -i its hosts are looked at, too" : ""}`,
    );
    return 1;
  }
  const stop = reach?.stop ?? new AbortController().signal;
  const question = `Break ${plural(count, "lock")} of run ${run}? A run that is still at work is not stopped by it.`;
  if (options.yes !== true && !(await confirmed(question, stop))) return 1;
  const broken = [
    ...(await Promise.all(here.map(breakHere))),
    ...(reach === undefined ? [] : await breakThere(new Set(there.map(({ name }) => name)), run as RunId, reach)),
  ];
  for (const { what, because } of broken) say(`${what}: ${because ?? "broken"}`);
  return broken.every(({ because }) => because === undefined) ? 0 : 3;
};

type Ended = { readonly what: string; readonly because: string | undefined };

const breakHere = async (lock: InventoryLock): Promise<Ended> => {
  const ended = await breakInventoryLock(lock, { force: true });
  return { what: lock.file, because: ended === "broken" ? undefined : "it is another run's by now" };
};

const breakThere = async (
  names: ReadonlySet<HostName>,
  run: RunId,
  { visited, walk }: Reach,
): Promise<readonly Ended[]> => {
  const chosen = visited.filter(({ host }) => names.has(host.name));
  const ended = await visitAll(chosen, walk, async (one, own) => ({ because: await unlockHost(one, run, own) }));
  return ended.map((one, at) => ({
    what: chosen[at]?.host.name ?? "",
    because: one === undefined ? stoppedBefore : one.because,
  }));
};
