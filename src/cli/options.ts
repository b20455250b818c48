import { type Command, InvalidArgumentError, Option } from "commander";
import { type Severity, severities } from "../model/finding.ts";

/** What a person typed, with defaults. Which of these a command has is its own business. */
export type FleetOptions = {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly extraVars?: readonly string[];
  readonly forks: number;
  readonly become?: boolean;
  readonly askBecomePass?: boolean;
  readonly user?: string;
  readonly privateKey?: string;
  readonly knownHosts?: string;
  readonly acceptNewHostKeys?: boolean;
  readonly connectTimeout: number;
  readonly output: "text" | "json";
  readonly failOn: Severity;
  readonly maxUnreachable: number;
  readonly verbose: number;
  readonly yes?: boolean;
  readonly check?: boolean;
};

const collect = (word: string, all: readonly string[] = []): readonly string[] => [...all, word];
const count = (_: string, before: number): number => before + 1;

const whole =
  (least: number, most: number) =>
  (word: string): number => {
    const value = Number(word);
    if (!/^\d+$/.test(word) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
    return value;
  };

export const outputOption = (): Option =>
  new Option("--output <FORMAT>", "report format").choices(["text", "json"]).default("text");

/** Which hosts: every command that reads an inventory has these. */
export const addSelection = (command: Command): Command =>
  command
    .option("-i, --inventory <FILE>", "inventory file (repeatable; a later one wins)", collect)
    .option("-l, --limit <PATTERN>", "only hosts that this pattern names")
    .option("-v, --verbose", "say more on stderr", count, 0);

/** Variables for plays: only commands that read a playbook have them. */
export const addExtraVars = (command: Command): Command =>
  command.option("-e, --extra-vars <VARS>", "NAME=VALUE, or @FILE; above all other variables (repeatable)", collect);

/** A login name, by the rule that the inventory has for it too. */
const loginName = (word: string): string => {
  if (!/^\w[\w.@\\+$-]{0,255}$/.test(word)) throw new InvalidArgumentError("expected the name of a user.");
  return word;
};

/** How to reach them and how to report. */
export const addFleetOptions = (command: Command): Command =>
  addSelection(command)
    .option("-f, --forks <N>", "hosts at once", whole(1, 1000), 50)
    .option("-b, --become", "run as root through sudo")
    .option("-K, --ask-become-pass", "ask for the sudo password; without it sudo must not need one")
    .option("-u, --user <NAME>", "log in as this user where the inventory names none", loginName)
    .option("--private-key <FILE>", "log in with this key where the inventory names none")
    .option("--known-hosts <FILE>", "instead of ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts")
    .option("--accept-new-host-keys", "add unknown host keys to known_hosts; a changed key is always refused")
    .option("--connect-timeout <SECONDS>", "for the connection, and again for the login", whole(1, 600), 10)
    .addOption(outputOption())
    .addOption(
      new Option("--fail-on <SEVERITY>", "exit 2 for findings this grave").choices(severities).default("warning"),
    )
    .option("--max-unreachable <N>", "exit 4 only beyond so many unreachable hosts", whole(0, 1_000_000), 0);
