import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { BootId, HostName, HostPath, RunId, SysctlKey } from "../../src/model/brand.ts";
import type { Failure } from "../../src/model/failure.ts";
import type { HostStage, JournalEntry, RunRecord } from "../../src/model/journal.ts";
import type { Outcome } from "../../src/model/outcome.ts";

/** A new state folder, removed after the tests of the file. */
export const stateFolders = (): (() => Promise<string>) => {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "ctfleet-state-"));
    made.push(folder);
    return folder;
  };
};

export const [older, newer] = ["20261122T165150Z-3f9a12bc" as RunId, "20261123T080000Z-00000001" as RunId];
export const hosts = ["gw1", "gw2", "gw3"] as HostName[];
export const how = { user: "root", now: () => Date.UTC(2026, 10, 23, 9) };

export const recordOf = (run: RunId, more: Partial<RunRecord> = {}): RunRecord => ({
  ...{ run, command: "apply", playbook: "/plays/raise.yaml", digest: "d".repeat(64), hosts, seed: 7 },
  ...{
    trial: undefined,
    hadExtraVars: false,
    become: [],
    saved: undefined,
    options: { inventory: ["/inventory.yaml"], become: true },
    of: undefined,
  },
  ...more,
});

export const set: Action = {
  ...{ kind: "set", task: "t", key: "net.netfilter.nf_conntrack_max" as SysctlKey, from: "65536", to: "262144" },
};
export const write: Action = {
  ...{ kind: "write", task: "t", path: "/etc/sysctl.d/90-x.conf" as HostPath, text: "", mode: 0o644, uid: 0, gid: 0 },
  ...{ from: { kind: "absent" }, before: undefined, secrets: [] },
};
export const reboot: Action = {
  ...{ kind: "reboot", task: "t", from: "a9236eb2-8719-4750-b84b-ddbe7f96aea3" as BootId, within: 1, stable: 1 },
};
export const token = "0123456789abcdef0123456789abcdef";

type Of<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

export const intent = (host: string, stage: HostStage, more: Partial<Of<"intent">> = {}): JournalEntry => ({
  ...{
    kind: "intent",
    host: host as HostName,
    stage,
    play: 0,
    actions: stage === "apply" ? [set] : [],
    token: undefined,
  },
  ...more,
});

export const result = (host: string, stage: HostStage, more: Partial<Of<"result">> = {}): JournalEntry => ({
  ...{ kind: "result", host: host as HostName, stage, play: 0, failure: undefined },
  ...more,
});

export const failure = (code: Failure["code"], sent: boolean): Failure => ({ code, detail: "", sent });

export const outcome = (host: string, how: Outcome, play = 0): JournalEntry => ({
  ...{ kind: "outcome", report: { name: host as HostName, outcome: how, findings: [] }, play, seen: undefined },
});

export const changed: Outcome = { kind: "changed", actions: [set] };
export const badly = (kind: "failed" | "unreachable" | "reverted" | "unknown", code: Failure["code"]): Outcome => ({
  ...{ kind, failure: failure(code, true), actions: [set] },
});
