import type { Action, FileBasis, LiveValues } from "../model/action.ts";
import type { HostReport } from "../model/outcome.ts";
import { actionDiff } from "./diff.ts";
import { safeJson } from "./escape.ts";
import { summarise } from "./summary.ts";

/** What a run ended with. */
export type RunReport = {
  readonly command: string;
  readonly run: string;
  readonly exit: number;
  readonly hosts: readonly HostReport[];
};

/** The report that scripts read (schema 1: DESIGN, Command line). Host data stands in it as data. */
export const jsonReport = ({ command, run, exit, hosts }: RunReport): string =>
  `${safeJson({ schema: 1, command, run, exit, summary: summarise(hosts), hosts: hosts.map(jsonHost) })}\n`;

/** One host of the report. */
export const jsonHost = ({ name, outcome, findings }: HostReport) => ({
  name,
  outcome: outcome.kind,
  actions: "actions" in outcome ? outcome.actions.map(actionJson) : [],
  findings,
  ...(outcome.kind === "drifted" ? { needs: outcome.needs, done: (outcome.done ?? []).map(actionJson) } : {}),
  ...(outcome.kind === "changed" && outcome.trial !== undefined ? { trial: outcome.trial } : {}),
  ...(outcome.kind === "changed" && outcome.undone === true ? { undone: true } : {}),
  ...("failure" in outcome ? { failure: { code: outcome.failure.code, message: outcome.failure.detail } } : {}),
  ...("because" in outcome ? { because: outcome.because } : {}),
});

const actionJson = (action: Action) => {
  switch (action.kind) {
    case "write": {
      const { kind, task, path, mode, uid, gid, from } = action;
      return { kind, task, path, mode: octal(mode), uid, gid, from: basisJson(from), diff: actionDiff(action) ?? "" };
    }
    case "remove": {
      const { kind, task, path, from } = action;
      return { kind, task, path, from: basisJson(from), diff: actionDiff(action) ?? "" };
    }
    case "load_module":
    case "reload_modules":
    case "restart_firewall":
      return { ...action, then: liveJson(action.then) };
    case "set":
    case "set_hashsize":
    case "unload_modules":
    case "reboot":
    case "end_trial":
    case "run":
      return action;
  }
};

const liveJson = ({ hashsize, keys, kept = new Set() }: LiveValues) => ({
  hashsize,
  keys: Object.fromEntries(keys),
  kept: [...kept],
});

const basisJson = (from: FileBasis) => (from.kind === "absent" ? from : { ...from, mode: octal(from.mode) });
const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
