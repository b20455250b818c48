import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { BootId, HostName } from "../../src/model/brand.ts";
import type { FailureCode } from "../../src/model/failure.ts";
import type { Host } from "../../src/model/host.ts";
import type { HostReport } from "../../src/model/outcome.ts";
import type { CompiledPlay } from "../../src/plan/compile.ts";
import type { ConnectResult, ExecRequest, ExecResult } from "../../src/remote/port.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import type { Effects, Progress } from "../../src/rollout/effects.ts";
import { rebootHost } from "../../src/rollout/reboot-host.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import { surveyFleet, type Target, type Walk } from "../../src/rollout/survey.ts";
import { plantPrograms, plantTree, type Tree } from "../facts/tree.ts";
import { applyOptions, nothingOutside } from "./apply-options.ts";
import { steppingClock } from "./fake-clock.ts";
import { runHere } from "./local-fleet.ts";
import { aHost } from "./play.ts";

export const oldBoot = "a9236eb2-8719-4750-b84b-ddbe7f96aea3" as BootId;
export const newBoot = "11111111-2222-4333-8444-555555555555" as BootId;
export const thirdBoot = "99999999-2222-4333-8444-555555555555" as BootId;

/** What a host does when it is called: it answers in a boot (or with another text for a boot_id), or it fails so. */
export type Moment = { readonly boot: string } | { readonly fails: FailureCode };

export type Files = { readonly [path: string]: string };

export type Story = {
  /** By milliseconds since the trigger fired; before, the host is in its old boot. */
  readonly life: (since: number) => Moment;
  /** Contact may be lost in the trigger: before it fired, or after. */
  readonly contact?: "kept" | "lost_before" | "lost_after";
  /** The run is stopped when the trigger fires. */
  readonly stopped?: boolean;
  /** The run is stopped when the files are written. */
  readonly stoppedEarly?: boolean;
  /** Files that a boot other than the old one writes. */
  readonly onBoot?: Files;
};

export const { files, programs: answers } = parse(
  readFileSync(join(import.meta.dirname, "../cases/facts/hosts/debian-systemd.yaml"), "utf8"),
) as { readonly files: Tree; readonly programs: { readonly [name: string]: string } };

/** That host without the programs that write conntrack values themselves: what they do at the next boot cannot be told. */
export const quiet = Object.fromEntries(
  Object.entries(files).filter(([path]) => !/^proc\/(412|413|900|901)\/|^etc\/sysctl\.d\/90/.test(path)),
);

/** Milliseconds that a call takes which nobody answers. */
const patience = 10_000;

const failed = (code: FailureCode, sent: boolean) => ({ kind: "failed", failure: { code, detail: "", sent } }) as const;

type World = {
  readonly clock: ReturnType<typeof steppingClock>;
  readonly stop: AbortController;
  readonly folder: string;
};

/** A host that is a folder and has a life of its own; the real scripts run in the real sh. */
const rebootingHost = (name: string, story: Story, { clock, stop, folder }: World) => {
  const [root, programs] = [join(folder, name), join(folder, "bin")];
  plantTree(root, quiet);
  for (const path of ["var/lib", "etc/modules-load.d", "etc/systemd/system"])
    mkdirSync(join(root, path), { recursive: true });
  const calls: number[] = [];
  let triggers = 0;
  let firedAt: number | undefined;
  const probes = new Map<
    string,
    Extract<ExecResult, { kind: "exited" }> & { readonly nonce: string; readonly text: string }
  >();
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);

  /** In one boot a host says the same in each look, but for the nonce, unless it was changed: one shell is enough. */
  const gather = async (request: ExecRequest, boot: string): Promise<ExecResult> => {
    const nonce = /[0-9a-f]{32}/.exec(request.stdin)?.[0] ?? "";
    const told = probes.get(boot);
    if (told !== undefined) return { ...told, stdout: Buffer.from(told.text.replaceAll(told.nonce, nonce), "latin1") };
    write("proc/sys/kernel/random/boot_id", `${boot}\n`);
    if (boot !== oldBoot) for (const [path, text] of Object.entries(story.onBoot ?? {})) write(path, text);
    const ran = await runHere(request, programs);
    if (ran.kind === "exited") probes.set(boot, { ...ran, nonce, text: Buffer.from(ran.stdout).toString("latin1") });
    return ran;
  };
  const change = (request: ExecRequest): Promise<ExecResult> => {
    probes.clear();
    if (story.stoppedEarly === true) stop.abort();
    return runHere(request, programs);
  };
  const trigger = async (request: ExecRequest): Promise<ExecResult> => {
    triggers += 1;
    if (story.contact === "lost_before") return failed("connection_lost", true);
    const ran = await runHere(request, programs);
    firedAt = clock.now();
    if (story.stopped === true) stop.abort();
    return story.contact === "lost_after" ? failed("connection_lost", true) : ran;
  };
  const connect = (): Promise<ConnectResult> => {
    calls.push(clock.now());
    const now = firedAt === undefined ? { boot: oldBoot } : story.life(clock.now() - firedAt);
    if ("fails" in now) {
      if (now.fails === "connect_timeout") clock.pass(patience);
      return Promise.resolve(failed(now.fails, false));
    }
    const exec = (request: ExecRequest): Promise<ExecResult> => {
      if (!request.changes) return gather(request, now.boot);
      return request.stdin.includes("reboot_host") ? trigger(request) : change(request);
    };
    return Promise.resolve({ kind: "connected", remote: { exec, close: () => undefined } });
  };
  const host: Host = { ...aHost, name: name as HostName, connection: { ...aHost.connection, root, lab: true } };
  return {
    /** From now on a managed file's place is a folder. */
    refuseFiles: () => mkdirSync(join(root, "etc/modules-load.d/nf_conntrack.conf"), { recursive: true }),
    host,
    connect,
    calls,
    triggers: () => triggers,
    read: (path: string) => readFileSync(join(root, path), "utf8"),
  };
};

/** Hosts that reboot, on a clock that stands still unless somebody waits. */
export const rebootingFleet = (stories: { readonly [name: string]: Story }) => {
  const folder = mkdtempSync("/tmp/ctfleet-reboot-");
  plantPrograms(join(folder, "bin"), { ...answers, "systemd-run": "" });
  const world: World = { clock: steppingClock(), stop: new AbortController(), folder };
  const hosts = new Map(Object.entries(stories).map(([name, story]) => [name, rebootingHost(name, story, world)]));
  const events: Progress[] = [];
  let nonces = 0;
  const effects: Effects = {
    connect: async ({ name }) => hosts.get(name)?.connect() ?? failed("name_not_found", false),
    entry: ({ name }) => ({ key: name, kind: "itself" }),
    clock: world.clock,
    nonce: () => `${++nonces}`.padStart(32, "0"),
    random: () => 0.5,
    ...nothingOutside,
  };
  const onProgress = (event: Progress) => events.push(event);
  const common = { effects, onProgress, stop: world.stop.signal };
  const walk: Walk = {
    ...{ ...common, sessions: sessions({ ...common, keep: 10 }), forks: 1 },
    deadlines: { gather: 60_000, apply: 60_000 },
  };
  const targets = (plays: readonly CompiledPlay[]): readonly Target[] =>
    [...hosts.values()].map(({ host }) => ({ host, plays, become: { kind: "no" } }));
  return {
    ...{ hosts, events, clock: world.clock },
    /** Reboots the first host, and nothing else. */
    reboot: () => {
      const action = { kind: "reboot", task: "t", from: oldBoot, within: 600_000, stable: 60_000 } as const;
      const [target] = targets([]);
      if (target === undefined) throw new Error("no host");
      return rebootHost(target, action, { ...applyOptions(walk), playNumber: 0, token: undefined, again: false });
    },
    /** Survey and apply as the command does. */
    apply: async (plays: readonly CompiledPlay[]): Promise<readonly HostReport[]> => {
      const all = targets(plays);
      return applyFleet(plays, all, await surveyFleet(all, walk), applyOptions(walk));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
