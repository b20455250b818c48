import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { accountFiles } from "./accounts.ts";
import hostScript from "./host.sh";

const execute = promisify(execFile);

export type HostKeyType = "ed25519" | "ecdsa" | "rsa";

export type SshdRequest = {
  /** Hosts 127.1.0.1 to 127.1.0.COUNT, all on one free port. */
  readonly count: number;
  /** sshd_config keywords, which win over the harness's own (`{ MaxStartups: "1" }`). */
  readonly options?: Readonly<Record<string, string>>;
  readonly hostKeys?: readonly HostKeyType[];
  /** Addresses at which every host listens, too, on the same port: for one host only. */
  readonly listen?: readonly string[];
};

/** A real sshd in a mount and process namespace of its own: private /etc, /var/lib, /var/log, /root, /home, /run, /tmp. */
export type SshdHost = {
  readonly address: string;
  readonly port: number;
  /** Lines for a known_hosts file, one per host key, without line feeds. */
  readonly knownHosts: readonly string[];
  /** The listener's process id, seen from here. */
  readonly pid: number;
  /** The host's file tree as seen from here: `join(host.root, "etc/hostname")`. Absolute links in it lead outside. */
  readonly root: string;
  /** What sshd has logged so far. */
  readonly log: () => string;
  /** Runs a line of sh as root inside the host and gives its stdout; throws when it fails. */
  readonly run: (line: string) => Promise<string>;
  readonly readFile: (path: string) => Promise<string>;
  /** Makes parent folders as needed. */
  readonly writeFile: (path: string, text: string, mode?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type Sshd = {
  readonly hosts: readonly SshdHost[];
  /** A folder for the test's own files, removed at the end. */
  readonly folder: string;
  /** A private key that root and every account of accounts.ts accepts. */
  readonly clientKey: string;
  /** A known_hosts file with every key of every host. */
  readonly knownHostsFile: string;
  readonly stop: () => Promise<void>;
};

/** Starts real SSH hosts; they end with `stop()`, and with the process that started them. */
export const startSshd = async ({
  count,
  options = {},
  hostKeys = ["ed25519"],
  listen = [],
}: SshdRequest): Promise<Sshd> => {
  // Not under /tmp: the hosts put a /tmp of their own over it.
  const folder = await mkdtemp("/var/tmp/ctfleet-sshd-");
  await chmod(folder, 0o755);
  const clientKey = await makeKey(join(folder, "client"), "ed25519");
  await writeFile(join(folder, "authorized_keys"), await readFile(`${clientKey}.pub`));
  for (const [name, text] of Object.entries(accountFiles)) await writeFile(join(folder, name), text, { mode: 0o600 });
  await writeFile(join(folder, "host.sh"), hostScript);
  const port = await freePort();
  const starting = Array.from({ length: count }, (_, at) =>
    startHost({ folder, name: `host${at + 1}`, address: `127.1.0.${at + 1}`, port, options, hostKeys, listen }),
  );
  const started = await Promise.allSettled(starting);
  const hosts = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const failed = started.find((one) => one.status === "rejected");
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const knownHostsFile = join(folder, "known_hosts");
  await writeFile(knownHostsFile, hosts.flatMap((host) => host.knownHosts.map((line) => `${line}\n`)).join(""));
  return { hosts, folder, clientKey, knownHostsFile, stop };
};

/** Makes a key pair with ssh-keygen; gives the private key's path. */
export const makeKey = async (path: string, type: HostKeyType, passphrase = ""): Promise<string> => {
  const size = type === "rsa" ? ["-b", "2048"] : [];
  await execute("ssh-keygen", ["-q", "-t", type, ...size, "-N", passphrase, "-C", "test", "-f", path]);
  return path;
};

type HostRequest = Required<Omit<SshdRequest, "count">> & {
  readonly folder: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
};

const startHost = async ({
  folder,
  name,
  address,
  port,
  options,
  hostKeys,
  listen,
}: HostRequest): Promise<SshdHost> => {
  const base = join(folder, name);
  await mkdir(base);
  const keys = await Promise.all(hostKeys.map((type) => makeKey(join(base, type), type)));
  const knownHosts = await Promise.all(
    keys.map(async (key) => {
      const [type, blob] = (await readFile(`${key}.pub`, "utf8")).split(" ");
      return `[${address}]:${port} ${type} ${blob}`;
    }),
  );
  const settings = {
    ...defaults,
    Port: String(port),
    ListenAddress: address,
    AuthorizedKeysFile: join(folder, "authorized_keys"),
    ...options,
  };
  const config = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const listenOptions = listen.flatMap((one) => ["-o", `ListenAddress=[${one}]:${port}`]);
  const hostKeyOptions = keys.flatMap((key) => ["-o", `HostKey=${key}`]);
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...[
        "sh",
        join(folder, "host.sh"),
        base,
        "-D",
        "-e",
        "-f",
        "/dev/null",
        ...hostKeyOptions,
        ...config,
        ...listenOptions,
      ],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const log = await listening(child);
  const pid = await onlyChild(child.pid!);
  const root = `/proc/${pid}/root`;
  return {
    ...{ address, port, knownHosts, pid, root, log },
    run: async (line) =>
      (await execute("nsenter", ["--target", String(pid), "--mount", "--pid", "sh", "-c", line])).stdout,
    ...filesOf(root),
    stop: () => kill(child, pid),
  };
};

/** Reads and writes files below a host's root. */
export const filesOf = (root: string): Pick<SshdHost, "readFile" | "writeFile"> => ({
  readFile: (path) => readFile(join(root, path), "utf8"),
  writeFile: async (path, text, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  },
});

const defaults = {
  PermitRootLogin: "yes",
  StrictModes: "no",
  UsePAM: "no",
  UseDNS: "no",
  PidFile: "none",
  LogLevel: "VERBOSE",
  MaxStartups: "100:30:200",
  PasswordAuthentication: "yes",
  KbdInteractiveAuthentication: "no",
};

/** Waits until a server says on stderr that it listens; gives a reader of its log. */
export const listening = (child: ChildProcess, sign = "Server listening on"): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let log = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (log.includes(sign)) resolve(() => log);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the server did not start: ${log}`)));
  });

/** unshare forks, so that the server is its one child. */
export const onlyChild = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim());

/** The namespace's first process takes every other process of the host with it; unshare ends when it is gone. */
export const kill = (child: ChildProcess, pid: number): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    process.kill(pid, "SIGKILL");
  });

/** A port that nobody on 127.1.0.1 listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.1.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
