import { type Command, InvalidArgumentError, Option } from "commander";
import { durationSeconds } from "../model/duration.ts";
import { type Severity, severities } from "../model/finding.ts";
import { type BecomeMethod, becomeMethods, type Transport, transports } from "../model/host.ts";

/** What a person typed, with defaults. Which of these a command has is its own business. */
export type FleetOptions = {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly extraVars?: readonly string[];
  readonly forks: number;
  readonly playbookDir?: string;
  readonly fold?: boolean;
  readonly vaultPasswordFile?: readonly string[];
  readonly vaultId?: readonly string[];
  readonly askVaultPass?: boolean;
  readonly become?: boolean;
  readonly becomeMethod?: BecomeMethod;
  readonly becomeUser?: string;
  readonly askBecomePass?: boolean;
  readonly user?: string;
  readonly askPass?: boolean;
  readonly privateKey?: string;
  readonly sshConfig?: string;
  readonly sshCommonArgs?: string;
  readonly transport?: Transport;
  readonly knownHosts?: string;
  readonly acceptNewHostKeys?: boolean;
  readonly connectTimeout?: number;
  readonly output: "text" | "json";
  readonly failOn: Severity;
  readonly maxUnreachable: number;
  readonly verbose: number;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly allAtOnce?: boolean;
  /** Seconds. */
  readonly trial?: number;
  /** A saved plan: to be written, or to be applied. */
  readonly out?: string;
  readonly plan?: string;
  readonly step?: boolean;
  readonly seed?: number;
  /** The run whose hosts that did not make it are meant. */
  readonly retryFailed?: string;
  /** The run whose locks are broken. */
  readonly break?: string;
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

/** Which hosts, and what opens their vaults: every command that reads an inventory has these. */
export const addSelection = (command: Command): Command =>
  command
    .option(
      "-i, --inventory <SOURCE>",
      "a file (YAML, INI, JSON), a folder, a program, or host,host, (repeatable; a later one wins)",
      collect,
    )
    .option("-l, --limit <PATTERN>", "only hosts that this pattern names; @FILE: those that its lines name")
    .option(
      "--vault-password-file <FILE>",
      "a file with a vault password, or a program that prints it (repeatable)",
      collect,
    )
    .option("--vault-id <ID>", "the same under an id: LABEL@FILE, or LABEL@prompt to be asked (repeatable)", collect)
    .option("-J, --ask-vault-pass", "ask for a vault password")
    .option("-v, --verbose", "say more on stderr", count, 0);

/** For commands without a playbook: whose group_vars and host_vars count as a playbook's. */
export const addPlaybookDir = (command: Command): Command =>
  command.option("--playbook-dir <DIR>", "group_vars and host_vars beside a playbook (else of the working folder)");

/** Variables for plays: only commands that read a playbook have them. */
export const addExtraVars = (command: Command): Command =>
  command.option(
    "-e, --extra-vars <VARS>",
    "NAME=VALUE ..., a JSON or YAML map, or @FILE; above all other variables (repeatable)",
    collect,
  );

const trialLength = (word: string): number => {
  const seconds = durationSeconds(word);
  if (seconds === undefined || seconds < 10 || seconds > 30 * 86_400)
    throw new InvalidArgumentError("expected a time from 10s to 30d, such as 30m or 48h.");
  return seconds;
};

/** What only commands that plan or make changes have. */
export const addTrial = (command: Command): Command =>
  command.option("--trial <TIME>", "live values only, which go back by themselves after 10s to 30d: 48h", trialLength);

/** What every command that changes hosts has. */
export const addChanging = (command: Command): Command => command.option("--yes", "do not ask before changing");

/** What those have that walk a play's batches. */
export const addWalking = (command: Command): Command =>
  addChanging(command)
    .option("--step", "ask before each batch, the first one too; needs a terminal")
    .option("--seed <N>", "of shuffled orders: the same gives the same order", whole(0, 4_294_967_295));

/** What those have that may reload or reboot. */
export const addAllAtOnce = (command: Command): Command =>
  command.option("--all-at-once", "reload or reboot more than one host without `serial` in the play");

/** A login name, by the rule that the inventory has for it too. */
const loginName = (word: string): string => {
  if (!/^\w[\w.@\\+$-]{0,255}$/.test(word)) throw new InvalidArgumentError("expected the name of a user.");
  return word;
};

/** How to reach them and how to report. */
export const addFleetOptions = (command: Command): Command =>
  addSelection(command)
    .option("-f, --forks <N>", "hosts at once", whole(1, 1000), 50)
    .option("-b, --become", "run as another user where neither the inventory nor the play says")
    .addOption(
      new Option("--become-method <METHOD>", "how, where neither the inventory nor the play says (else sudo)").choices(
        becomeMethods,
      ),
    )
    .option("--become-user <NAME>", "as whom, where neither the inventory nor the play says (else root)", loginName)
    .option("-K, --ask-become-pass", "ask for the password of sudo, su or doas; without it none must be needed")
    .option("-u, --user <NAME>", "log in as this user where the inventory names none", loginName)
    .option("-k, --ask-pass", "ask for the login password")
    .option("--private-key <FILE>", "log in with this key where the inventory names none")
    .option("-F, --ssh-config <FILE>", "instead of ~/.ssh/config and /etc/ssh/ssh_config; none: neither")
    .option("--ssh-common-args <ARGS>", "arguments as for ssh, for hosts whose inventory has none")
    .addOption(
      new Option(
        "--transport <NAME>",
        "ssh2: by ctfleet itself; openssh: by the ssh program; auto: by ssh where a host needs it (else auto)",
      ).choices(transports),
    )
    .option("--known-hosts <FILE>", "instead of the files that ssh_config names")
    .option("--accept-new-host-keys", "add unknown host keys to known_hosts; a changed key is always refused")
    .option(
      "--connect-timeout <SECONDS>",
      "for the connection; the login may take twice as long (else 10)",
      whole(1, 600),
    )
    .addOption(outputOption())
    .addOption(
      new Option("--fail-on <SEVERITY>", "exit 2 for findings this grave").choices(severities).default("warning"),
    )
    .option("--max-unreachable <N>", "exit 4 only beyond so many unreachable hosts", whole(0, 1_000_000), 0);
