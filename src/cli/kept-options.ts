import { resolve } from "node:path";
import type { RunRecord } from "../model/journal.ts";
import { fromHome } from "../source/home.ts";
import type { FleetOptions } from "./options.ts";

/** Options that say which hosts and how to reach them: a later run takes them over from an earlier one where it is given none. */
const kept = [
  ...["inventory", "vaultPasswordFile", "vaultId", "askVaultPass"],
  ...["become", "becomeMethod", "becomeUser", "askBecomePass", "user", "askPass", "privateKey", "sshConfig"],
  ...["sshCommonArgs", "transport", "knownHosts", "connectTimeout"],
] as const satisfies readonly (keyof FleetOptions)[];

/** What of the command line a run remembers. No variable of `-e`: they may be secrets. */
export const keptOptions = (options: FleetOptions): RunRecord["options"] =>
  Object.fromEntries(
    kept.flatMap((name) => (options[name] === undefined ? [] : [[name, absolute(name, options[name])]])),
  );

/** The options of an earlier run, with those given now above them. */
export const withKeptOptions = (given: FleetOptions, options: RunRecord["options"]): FleetOptions => ({
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
