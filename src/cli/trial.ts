import { resolve } from "node:path";
import type { TrialRecord } from "../history/trial-record.ts";
import type { RunId } from "../model/brand.ts";
import { fromHome } from "../source/home.ts";
import type { FleetOptions } from "./options.ts";

/** Options that say which hosts and how to reach them: `persist` takes them over from the trial where it is given none. */
const kept = [
  ...["inventory", "vaultPasswordFile", "vaultId", "askVaultPass"],
  ...["become", "becomeMethod", "becomeUser", "askBecomePass", "user", "askPass", "privateKey", "sshConfig"],
  ...["sshCommonArgs", "transport", "knownHosts", "connectTimeout"],
] as const satisfies readonly (keyof FleetOptions)[];

/** What of a trial must be remembered. `now`: milliseconds since 1970. */
export const trialRecord = (
  options: FleetOptions,
  trial: {
    readonly run: RunId;
    readonly playbook: string;
    readonly seconds: number;
    readonly hosts: readonly string[];
    readonly now: number;
  },
): TrialRecord => ({
  run: trial.run,
  playbook: resolve(trial.playbook),
  ends: trial.now + trial.seconds * 1000,
  hosts: trial.hosts,
  hadExtraVars: (options.extraVars ?? []).length > 0,
  options: Object.fromEntries(
    kept.flatMap((name) => (options[name] === undefined ? [] : [[name, absolute(name, options[name])]])),
  ),
});

/** The options of a trial, with those given now above them. */
export const withTrialOptions = (given: FleetOptions, { options }: TrialRecord): FleetOptions => ({
  ...given,
  ...Object.fromEntries(
    kept
      .filter((name) => Object.hasOwn(options, name) && given[name] === undefined)
      .map((name) => [name, options[name]]),
  ),
});

/** The record is used from whatever folder the next command is typed in. */
const absolute = (name: (typeof kept)[number], value: unknown): unknown => {
  switch (name) {
    case "inventory":
      // `host,host,` is a list, not a file.
      return list(value).map((one) => (one.includes(",") ? one : path(one)));
    case "vaultPasswordFile":
      return list(value).map(path);
    case "vaultId":
      return list(value).map((one) =>
        one.replace(/^([^@]*)@(?!prompt$)(.+)$/, (_, label: string, file: string) => `${label}@${path(file)}`),
      );
    case "sshConfig":
      return value === "none" ? value : path(String(value));
    case "privateKey":
    case "knownHosts":
      return path(String(value));
    default:
      return value;
  }
};

const path = (name: string): string => resolve(fromHome(name));
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
