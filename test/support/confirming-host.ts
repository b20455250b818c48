import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostName, RunId } from "../../src/model/brand.ts";
import type { FailureCode } from "../../src/model/failure.ts";
import type { Host } from "../../src/model/host.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { CompiledPlay } from "../../src/plan/compile.ts";
import type { ConnectResult, ExecRequest, ExecResult } from "../../src/remote/port.ts";
import { quote } from "../../src/remote/quote.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import type { ApplyOptions } from "../../src/rollout/apply-options.ts";
import type { Effects, LocalRequest, LocalResult, Progress } from "../../src/rollout/effects.ts";
import { rollbackFleet } from "../../src/rollout/rollback-fleet.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import { surveyFleet, type Target, type Walk } from "../../src/rollout/survey.ts";
import { plantPrograms, plantTree } from "../facts/tree.ts";
import { applyOptions, memoryJournal, nothingOutside } from "./apply-options.ts";
import { steppingClock } from "./fake-clock.ts";
import { runHere } from "./local-fleet.ts";
import { aHost } from "./play.ts";
import { answers, newBoot, quiet } from "./rebooting-host.ts";

export type Stage = "gather" | "hook" | "apply" | "reboot" | "confirm" | "revert";

/** What happens at an exec of a stage: at its first, unless `nth` (from 1) says otherwise. */
export type Trouble = {
  readonly stage: Stage;
  readonly nth?: number;
  readonly contact?: "lost_before" | "lost_after";
  /** Milliseconds for which nobody gets in after it. */
  readonly away?: number;
  /** On the host, before the script runs. */
  readonly meanwhile?: (host: Private) => void;
  /** It comes up again, as after a reboot, before the script runs. */
  readonly boots?: boolean;
  /** A defect of ours. */
  readonly throws?: boolean;
};

/** The host's own files. */
export type Private = {
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  readonly has: (path: string) => boolean;
};

export const theRun = "20260101T000000Z-0000abcd" as RunId;

const stageOf = ({ stdin, changes }: ExecRequest): Stage => {
  if (!changes) return "gather";
  if (/^\{ reboot_host /m.test(stdin)) return "reboot";
  if (/^\{ confirm /m.test(stdin)) return "confirm";
  if (/^\{ revert_/m.test(stdin)) return "revert";
  return /^\{ run_hook /m.test(stdin) ? "hook" : "apply";
};

const lost = (sent: boolean, code: FailureCode = "connection_lost") =>
  ({ kind: "failed", failure: { code, detail: "cut", sent } }) as const;

const firstUptime = 50_000;

/**
 * A host that is a folder, with the real scripts in the real sh, a clock that stands still unless somebody waits, and a timer
 * that puts an unconfirmed change back when its time has come.
 */
export const confirmingHost = (troubles: readonly Trouble[] = []) => {
  const folder = mkdtempSync("/tmp/ctfleet-confirm-");
  const [root, programs] = [join(folder, "web1"), join(folder, "bin")];
  plantTree(root, quiet);
  plantPrograms(programs, { ...answers, "systemd-run": "" });
  for (const path of ["var/lib", "etc/systemd/system", "etc/modules-load.d", "run/systemd/system"])
    mkdirSync(join(root, path), { recursive: true });
  const clock = steppingClock();
  const files: Private = {
    read: (path) => readFileSync(join(root, path), "utf8"),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    has: (path) => existsSync(join(root, path)),
  };
  const execs: { readonly stage: Stage; readonly connection: number }[] = [];
  const life = {
    ...{ connections: 0, awayUntil: 0, bootedAt: -firstUptime * 1000, reboots: 0 },
    /** What a boot does beside what its files say. */
    onBoot: (): void => undefined,
  };

  const sh = (script: string) =>
    runHere({ stdin: script, command: [], within: 0, caps: { stdout: 0, stderr: 0 }, changes: true }, programs);
  const uptime = () => Math.floor((clock.now() - life.bootedAt) / 1000);
  /** The host's own seconds go on, and its timer looks at them. */
  const tick = async (): Promise<void> => {
    files.write("proc/uptime", `${uptime()}.00 1.00\n`);
    const [run, part, , start, seconds] = files.has("var/lib/ctfleet/pending")
      ? files.read("var/lib/ctfleet/pending").split(" ")
      : [];
    if (run !== undefined && uptime() >= Number(start) + Number(seconds))
      await sh(`exec sh ${quote(join(root, "var/lib/ctfleet", run, part ?? "", "revert.sh"))} timer`);
  };
  const boot = async (): Promise<void> => {
    life.reboots += 1;
    life.bootedAt = clock.now();
    files.write("proc/sys/kernel/random/boot_id", `${newBoot}\n`);
    files.write("proc/uptime", "1.00 1.00\n");
    life.onBoot();
    const [run, part] = files.has("var/lib/ctfleet/pending") ? files.read("var/lib/ctfleet/pending").split(" ") : [];
    if (run !== undefined)
      await sh(`exec sh ${quote(join(root, "var/lib/ctfleet", run, part ?? "", "revert.sh"))} boot`);
  };

  const exec = async (request: ExecRequest, connection: number): Promise<ExecResult> => {
    const stage = stageOf(request);
    execs.push({ stage, connection });
    const nth = execs.filter((one) => one.stage === stage).length;
    const trouble = troubles.find((one) => one.stage === stage && (one.nth ?? 1) === nth);
    if (trouble?.throws === true) throw new Error("a defect");
    if (trouble?.away !== undefined) life.awayUntil = clock.now() + trouble.away;
    if (trouble?.contact === "lost_before") return lost(request.changes);
    trouble?.meanwhile?.(files);
    if (trouble?.boots === true) await boot();
    const ran = await runHere(request, programs);
    if (stage === "reboot" && ran.kind === "exited" && Buffer.from(ran.stdout).includes(" triggered ")) await boot();
    return trouble?.contact === "lost_after" ? lost(request.changes) : ran;
  };
  const connect = async (): Promise<ConnectResult> => {
    if (clock.now() < life.awayUntil) return lost(false, "connection_refused");
    await tick();
    life.connections += 1;
    const connection = life.connections;
    return { kind: "connected", remote: { exec: (request) => exec(request, connection), close: () => undefined } };
  };

  const host: Host = {
    ...aHost,
    name: "web1" as HostName,
    connection: { ...aHost.connection, root, lab: true },
  };
  const target = (plays: readonly CompiledPlay[]): Target => ({ host, plays, become: { kind: "no" } });
  const events: Progress[] = [];
  const stop = new AbortController();
  const local: LocalRequest[] = [];
  const answer = {
    local: ((): LocalResult => ({ kind: "exited", status: 0, output: "" })) as (request: LocalRequest) => LocalResult,
  };
  let nonces = 0;
  const effects: Effects = {
    ...nothingOutside,
    connect,
    entry: ({ name }) => ({ key: name, kind: "itself" }),
    clock,
    nonce: () => `${++nonces}`.padStart(32, "0"),
    random: () => 0.5,
    runLocal: (request) => {
      local.push(request);
      return Promise.resolve(answer.local(request));
    },
  };
  const common = { effects, onProgress: (event: Progress) => events.push(event), stop: stop.signal };
  /** A walk of its own for each run: the connections of one that was killed are gone. */
  const walk = (): Walk => ({
    ...{ ...common, sessions: sessions({ ...common, keep: 10 }), forks: 1 },
    deadlines: { gather: 60_000, apply: 120_000 },
  });
  const journal = memoryJournal();
  return {
    ...{ ...files, execs, events, stop, local, answer, clock, life, journal, host, root, connect },
    stages: () => execs.map(({ stage }) => stage).join(" "),
    /** Survey and apply as the command does. */
    apply: async (plays: readonly CompiledPlay[], more: Partial<ApplyOptions> = {}): Promise<Outcome> => {
      const one = walk();
      const options = applyOptions(one, { run: theRun, journal, ...more });
      const [report] = await applyFleet(plays, [target(plays)], await surveyFleet([target(plays)], one), options);
      if (report === undefined) throw new Error("no report");
      return report.outcome;
    },
    rollback: async (of: RunId, actions: Parameters<typeof rollbackFleet>[0][number]["actions"]): Promise<Outcome> => {
      const targets = [{ host, become: { kind: "no" }, actions }] as const;
      const options = applyOptions(walk(), { run: "20260102T000000Z-0000beef" as RunId, journal });
      const [report] = await rollbackFleet(targets, [[host.name]], { ...options, of });
      if (report === undefined) throw new Error("no report");
      return report.outcome;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
