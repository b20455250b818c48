import type { RunProgress } from "../history/progress-of.ts";
import { foldNames } from "../inventory/fold.ts";
import type { HostReport } from "../model/outcome.ts";
import { printable } from "./escape.ts";
import { notPutBack } from "./not-put-back.ts";
import { plural } from "./text.ts";

/** What a rollback is going to do, before it is asked whether it shall: which hosts, how, and what stays all the same. */
export const rollbackSummary = (
  { record, changes, batches }: RunProgress,
  chosen: readonly string[],
): readonly string[] => {
  const hosts = chosen.map((name) => ({ name, actions: actionsOf(changes, name) }));
  const steps = batches.filter((batch) => batch.hosts.some((name) => chosen.includes(name))).length;
  return [
    `run ${record.run} of ${printable(record.playbook)} changed ${foldNames(chosen)}`,
    `${plural(chosen.length, "host")} to be put back${steps > 1 ? `, in ${steps} batches as they were changed` : ""}: files, values, modules, rules and commands with undo`,
    ...notPutBack(hosts),
    "a host that somebody has changed since is left as it is, and told",
  ];
};

type Ended = {
  readonly run: string;
  /** The run that is put back. */
  readonly of: string;
  readonly exit: number;
  readonly hosts: readonly HostReport[];
};

/** The last lines of a rollback that did not put every host back: what to do, and which command goes on from here. */
export const afterRollback = ({ run, of, exit, hosts }: Ended): readonly string[] => {
  const left = hosts.filter(({ outcome }) => outcome.kind !== "changed" && outcome.kind !== "compliant");
  if (exit >= 128)
    return [`the rollback was stopped, and its journal is whole; it goes on with: ctfleet resume ${run}`];
  if (left.length === 0) return [];
  return [
    `not put back: ${foldNames(left.map(({ name }) => name))}; see to what is told of them, then once more over what is left: ctfleet rollback ${of}`,
  ];
};

const actionsOf = (changes: RunProgress["changes"], host: string) =>
  [...changes].find(([name]) => name === host)?.[1] ?? [];
