import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { HostName } from "../../src/model/brand.ts";
import type { Host } from "../../src/model/host.ts";
import type { ConnectResult, ExecRequest, ExecResult, Remote } from "../../src/remote/port.ts";
import type { Effects } from "../../src/rollout/effects.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import type { Walk } from "../../src/rollout/survey.ts";
import { plantPrograms, plantTree, type Tree } from "../facts/tree.ts";
import { nothingOutside } from "./apply-options.ts";
import { steppingClock } from "./fake-clock.ts";
import { aHost } from "./play.ts";

/** What may go wrong with a host, in the order of its execs; the last one goes on for ever. */
export type Fault =
  | "none"
  | "unreachable"
  /** The script runs to its end, and nobody hears of it. */
  | "lost_after"
  /** Contact is lost before the script ran. */
  | "lost_before"
  /** The kept connection had died while it was idle: nothing is sent. */
  | "idle_lost"
  /** A defect of ours. */
  | "throws"
  /** Somebody else changes the file just before the script runs. */
  | "changed_meanwhile";

export type LocalFleet = {
  readonly hosts: readonly Host[];
  /** A walk over the fleet on a clock that stands still unless somebody waits. */
  readonly walk: (stop?: AbortController) => Walk;
  /** How often each host was connected to. */
  readonly connections: ReadonlyMap<string, number>;
  readonly read: (host: string, path: string) => string;
  readonly write: (host: string, path: string, text: string) => void;
  readonly remove: () => void;
};

const tree = parse(readFileSync(join(import.meta.dirname, "../cases/facts/hosts/debian-systemd.yaml"), "utf8")) as {
  readonly files: Tree;
  readonly programs: { readonly [name: string]: string };
};

/** Hosts that are folders: the real scripts run in the real sh against a private root, without SSH in between. */
export const localFleet = (faults: { readonly [name: string]: readonly Fault[] }): LocalFleet => {
  const folder = mkdtempSync("/tmp/ctfleet-local-");
  const programs = join(folder, "bin");
  plantPrograms(programs, tree.programs);
  const connections = new Map<string, number>();
  const hosts = Object.keys(faults).map((name): Host => {
    const root = join(folder, name);
    plantTree(root, tree.files);
    for (const path of ["etc/sysctl.d", "var/lib"]) mkdirSync(join(root, path), { recursive: true });
    return { ...aHost, name: name as HostName, connection: { ...aHost.connection, root } };
  });
  const left = new Map(Object.entries(faults).map(([name, list]) => [name, [...list]]));
  const nextFault = (name: string): Fault => {
    const list = left.get(name) ?? [];
    return (list.length > 1 ? list.shift() : list[0]) ?? "none";
  };
  const exec = async (host: Host, request: ExecRequest): Promise<ExecResult> => {
    const lost: ExecResult = {
      kind: "failed",
      failure: { code: "connection_lost", detail: "cut", sent: request.changes },
    };
    const fault = nextFault(host.name);
    if (fault === "lost_before") return lost;
    if (fault === "throws") throw new Error("a defect");
    if (fault === "idle_lost")
      return { kind: "failed", failure: { code: "connection_lost", detail: "idle", sent: false } };
    if (fault === "changed_meanwhile")
      writeFileSync(join(host.connection.root, "etc/sysctl.d/90-nf_conntrack.conf"), "somebody else's\n");
    const result = await runHere(request, programs);
    return fault === "lost_after" ? lost : result;
  };
  const connect = (host: Host): Promise<ConnectResult> => {
    connections.set(host.name, (connections.get(host.name) ?? 0) + 1);
    if (left.get(host.name)?.[0] === "unreachable")
      return Promise.resolve({ kind: "failed", failure: { code: "connection_refused", detail: "", sent: false } });
    const remote: Remote = { exec: (request) => exec(host, request), close: () => undefined };
    return Promise.resolve({ kind: "connected", remote });
  };
  return {
    hosts,
    connections,
    walk: (stop) => walkWith(connect, stop),
    read: (host, path) => readFileSync(join(folder, host, path), "utf8"),
    write: (host, path, text) => writeFileSync(join(folder, host, path), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const walkWith = (connect: Effects["connect"], stop = new AbortController()): Walk => {
  const effects: Effects = {
    connect,
    entry: ({ name }) => ({ key: name, kind: "itself" }),
    clock: steppingClock(),
    nonce: () => randomBytes(16).toString("hex"),
    random: () => 0.5,
    ...nothingOutside,
  };
  const common = { effects, onProgress: () => undefined, stop: stop.signal };
  const deadlines = { gather: 10_000, apply: 10_000 };
  return { ...common, sessions: sessions({ ...common, keep: 100 }), deadlines, forks: 5 };
};

/** Runs a script in the real sh; these programs come first in its PATH. */
export const runHere = ({ stdin }: ExecRequest, programs: string): Promise<ExecResult> =>
  new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-s"], { env: { PATH: `${programs}:${process.env.PATH ?? ""}` } });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.once("close", (status) =>
      resolve({ kind: "exited", status: status ?? 255, stdout: Buffer.concat(out), stderr: Buffer.concat(errors) }),
    );
    child.stdin.end(stdin);
  });
