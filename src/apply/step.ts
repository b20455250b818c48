import type { Action } from "../model/action.ts";
import type { HostPath, SysctlKey } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";

type Of<Kind extends Action["kind"]> = { readonly number: number; readonly action: Extract<Action, { kind: Kind }> };

export type FileStep = { readonly number: number; readonly action: Extract<Action, { path: HostPath }> };
export type LiveStep = Of<"set" | "set_hashsize">;
export type ServiceStep = Of<"load_module" | "unload_modules" | "reload_modules" | "restart_firewall">;
export type TrialStep = Of<"end_trial">;
export type RunStep = Of<"run">;

/** The actions of one script by what they need, each with its number in the plan. */
export type Steps = {
  readonly files: readonly FileStep[];
  readonly live: readonly LiveStep[];
  readonly services: readonly ServiceStep[];
  readonly trials: readonly TrialStep[];
  readonly commands: readonly RunStep[];
};

/** Throws on a reboot: it has a script of its own. */
export const sortSteps = (actions: readonly Action[]): Steps => {
  const files: FileStep[] = [];
  const live: LiveStep[] = [];
  const services: ServiceStep[] = [];
  const trials: TrialStep[] = [];
  const commands: RunStep[] = [];
  for (const [at, action] of actions.entries()) {
    const number = at + 1;
    switch (action.kind) {
      case "set":
      case "set_hashsize":
        live.push({ number, action });
        break;
      case "load_module":
      case "unload_modules":
      case "reload_modules":
      case "restart_firewall":
        services.push({ number, action });
        break;
      case "end_trial":
        trials.push({ number, action });
        break;
      case "run":
        commands.push({ number, action });
        break;
      case "reboot":
        throw new Error("a reboot is sent as a script of its own");
      default:
        files.push({ number, action });
    }
  }
  return { files, live, services, trials, commands };
};

/** A step that the script does not go on without. */
export const orStop = (call: string): string => `${call} || return 0`;

/** A line of the backup's manifest, and where there is an original, its path and sum. */
export const save = (number: number, line: string, copy: readonly string[] = []): string =>
  sh(["save", String(number), line, ...copy]);

/** A shell word. The name of the hash size's file is found on the host: by the kernel's age it is one of two. */
export const hashsizeWord = '"$hashsize"';

export const keyWord = (key: SysctlKey): string => quote(procPath(key));

/** A key's file. As in sysctl(8), a slash stands for a dot inside a component: `net.ipv4.conf.eth0/1.forwarding`. */
const procPath = (key: SysctlKey): string => {
  const parts = key.split(".").map((part) => part.replaceAll("/", "."));
  if (parts.some((part) => /^\.*$/.test(part))) throw new Error(`not a sysctl key: ${key}`);
  return `/proc/sys/${parts.join("/")}`;
};
