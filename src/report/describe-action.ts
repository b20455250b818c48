import type { Action, CommandPhase, LiveValues } from "../model/action.ts";
import { durationText } from "../model/duration.ts";
import { sh } from "../remote/quote.ts";
import { printable } from "./escape.ts";

/** One line about a change, without its diff. */
export const describeAction = (action: Action): string => {
  switch (action.kind) {
    case "write":
      return `${action.from.kind === "absent" ? "create" : "change"} ${action.path}${describeOwnership(action)}`;
    case "remove":
      return `remove ${action.path}`;
    case "set_hashsize":
      return `set hashsize ${action.from} -> ${action.to}`;
    case "set":
      return `set ${action.key} ${printable(action.from)} -> ${action.to}`;
    case "load_module":
      return [`load ${action.module}`, ...liveWords(action.then)].join("; ");
    case "unload_modules":
      return `unload ${action.modules.join(", ")}`;
    case "reload_modules":
      return `reload ${action.load.join(", ")} (unloads ${action.unload.join(", ")}): ${["every tracked connection is lost", ...liveWords(action.then)].join("; ")}`;
    case "restart_firewall":
      return describeRestart(action);
    case "reboot":
      return `reboot (boot ${action.from.slice(0, 8)}... ends; back within ${durationText(action.within / 1000)}, then stable for ${durationText(action.stable / 1000)})`;
    case "end_trial":
      return `end the trial of run ${action.run}: its values stay`;
    case "run":
      return describeRun(action);
  }
};

/** What is set after a module was loaded, where its load does not bring it. What nobody asked for is as it was. */
const liveWords = ({ hashsize, keys, kept }: LiveValues): readonly string[] => {
  const all = [...(hashsize === undefined ? [] : [["hashsize", hashsize] as const]), ...keys];
  const values = all.filter(([name]) => kept?.has(name) !== true).map((one) => one.join(" = "));
  return [
    ...(values.length === 0 ? [] : [`then, where that does not bring them: ${values.join(", ")}`]),
    ...(values.length === all.length ? [] : ["other values stay as they are"]),
  ];
};

const describeRestart = ({ service, unloads, evenIf, then }: Extract<Action, { kind: "restart_firewall" }>): string =>
  [
    `restart ${service}: ${unloads ? "unloads nf_conntrack, every tracked connection is lost" : "tracked connections stay"}`,
    ...(evenIf.length === 0 ? [] : [`even if: ${evenIf.join(", ")}`]),
    ...liveWords(then),
  ].join("; ");

const phaseWords: Record<CommandPhase, string> = {
  before_files: "before the files",
  after_files: "after the files",
  after_activation: "after the values are live",
};

const describeRun = ({ argv, undo, when }: Extract<Action, { kind: "run" }>): string => {
  const back = undo === undefined ? "nothing takes it back" : `taken back by ${commandWords(undo)}`;
  return `run ${commandWords(argv)} (${phaseWords[when]}); ${back}`;
};

/** A program with its words, as one would type it. */
export const commandWords = (argv: readonly string[]): string => printable(sh(argv));

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

const describeOwnership = (action: Extract<Action, { kind: "write" }>): string => {
  if (action.from.kind === "absent") return ` (mode ${octal(action.mode)})`;
  const { mode, uid, gid } = action.from;
  const parts = [
    mode === action.mode ? "" : `mode ${octal(mode)} -> ${octal(action.mode)}`,
    uid === action.uid && gid === action.gid ? "" : `owner ${uid}:${gid} -> ${action.uid}:${action.gid}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
};
