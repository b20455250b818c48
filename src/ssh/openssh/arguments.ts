import { quotePath } from "../config/quote-path.ts";
import type { ConnectionPaths } from "./folder.ts";
import type { OpensshOptions } from "./options.ts";

type MasterOptions = Omit<OpensshOptions, "clock" | "folder"> & {
  /** Seconds that the master stays when nobody is connected to its socket: when ctfleet was killed. */
  readonly linger: number;
};

/**
 * The master: one connection without a command, which goes to the background when the login is done. What is here stands
 * before the user's settings, and the first value wins.
 */
export const masterArguments = (options: MasterOptions, paths: ConnectionPaths): string[] => {
  const { timeouts, keepAlive, hostKeys, password, passphrase } = options;
  return [
    // Failures and exit statuses are told apart by what is logged so; nothing secret is. By `-v`, not LogLevel: ssh would
    // hide what a proxy command says, and tells a bastion's ssh to say as much.
    ...["-M", "-N", "-T", "-S", paths.socket, "-E", paths.log, "-vvv"],
    ...settings({
      ControlPersist: String(options.linger),
      BatchMode: password || passphrase ? "no" : "yes",
      NumberOfPasswordPrompts: "1",
      ...(password ? {} : { PasswordAuthentication: "no", KbdInteractiveAuthentication: "no" }),
      // Nobody is there to be asked.
      StrictHostKeyChecking: hostKeys.acceptNew ? "accept-new" : "yes",
      ...(hostKeys.file === undefined ? {} : onlyFile(hostKeys.file)),
      UpdateHostKeys: "no",
      ConnectTimeout: String(Math.max(1, Math.ceil(timeouts.connect / 1000))),
      // Retries are the caller's, with its pacing.
      ConnectionAttempts: "1",
      ServerAliveInterval: String(Math.ceil(keepAlive.interval / 1000)),
      ServerAliveCountMax: String(keepAlive.countMax),
      ForwardAgent: "no",
      ForwardX11: "no",
      ClearAllForwardings: "yes",
      Tunnel: "no",
      PermitLocalCommand: "no",
    }),
    ...options.arguments,
    "--",
    options.address,
  ];
};

type SessionOptions = {
  readonly address: string;
  /** One line for the host's login shell. */
  readonly command: string;
  readonly terminal: boolean;
};

/**
 * One command over the master. Without a master it must fail: with no configuration, no way to ask, and a proxy that
 * connects to nothing it cannot open a connection of its own.
 */
export const sessionArguments = (
  { address, command, terminal }: SessionOptions,
  { socket }: ConnectionPaths,
): string[] => [
  ...["-F", "/dev/null", "-S", socket, "-e", "none", terminal ? "-tt" : "-T"],
  // Quiet: standard error is the command's alone.
  ...settings({ ControlMaster: "no", ProxyCommand: "false", BatchMode: "yes", LogLevel: "QUIET" }),
  ...["--", address, command],
];

const settings = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([keyword, value]) => ["-o", `${keyword}=${value}`]);

const onlyFile = (file: string): Record<string, string> => ({
  UserKnownHostsFile: quotePath(file),
  GlobalKnownHostsFile: "/dev/null",
});
