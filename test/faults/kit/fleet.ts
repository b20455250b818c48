import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonReport } from "../../support/ctfleet.ts";
import { type Life, makeRebootable } from "../../support/reboots.ts";
import { type Sshd, type SshdHost, startSshd } from "../../support/sshd.ts";
import { type Controller, type ControllerRequest, type Ended, reportOf, startController } from "./controller.ts";
import { faultsOn, forceCommand, type HostFaults } from "./host-faults.ts";
import { type Proxy, startProxy } from "./proxy.ts";

/** Two values of the kernel that each host has to itself: the others are this machine's, and of every host on it. */
export const ownKeys = {
  generic: "net.netfilter.nf_conntrack_generic_timeout",
  icmp: "net.netfilter.nf_conntrack_icmp_timeout",
} as const;
/** What they are before anybody comes, and what the usual play wants. */
export const old = { generic: "600", icmp: "30" } as const;
export const wanted = { generic: "120", icmp: "37" } as const;
export const managed = "/etc/sysctl.d/90-faults.conf";

const ownFile = (key: keyof typeof ownKeys): string => `/proc/sys/${ownKeys[key].replaceAll(".", "/")}`;

export type FaultHost = SshdHost & {
  readonly name: string;
  /** The way to it. */
  readonly proxy: Proxy;
  readonly faults: HostFaults;
  /** How often it was told to reboot. */
  readonly reboots: () => Promise<number>;
  /** Its two values now. */
  readonly values: () => Promise<{ readonly generic: string; readonly icmp: string }>;
  /** The managed file; undefined: it is not there. */
  readonly file: () => Promise<string | undefined>;
  /** Makes it what it was before anybody came. */
  readonly renew: () => Promise<void>;
};

export type FaultFleet = {
  readonly hosts: readonly FaultHost[];
  readonly folder: string;
  /** The state folder of the usual controller. */
  readonly state: string;
  /** Writes a playbook beside the others; gives its path. */
  readonly play: (name: string, text: string) => Promise<string>;
  readonly start: (words: readonly string[], request?: Partial<ControllerRequest>) => Controller;
  readonly run: (words: readonly string[], request?: Partial<ControllerRequest>) => Promise<Ended>;
  readonly report: (
    words: readonly string[],
    request?: Partial<ControllerRequest>,
  ) => Promise<JsonReport & { readonly ran: Ended }>;
  readonly stop: () => Promise<void>;
};

/** The usual play: a file and two live values, confirmed within so many seconds. */
export const usualPlay = ({ confirm = "10s", head = "", activate = "live", more = "" } = {}): string => `- name: Faults
  hosts: all
${head}  tasks:
    - conntrack: { timeouts: { generic: ${wanted.generic}, icmp: ${wanted.icmp} } }
    - settings:
        path: ${managed}
        set: { ${ownKeys.generic}: ${wanted.generic}, ${ownKeys.icmp}: ${wanted.icmp} }
    - activate: { with: ${activate}, confirm_within: ${confirm} }
${more}`;

export type FleetRequest = {
  readonly count: number;
  /** An ordinary user who logs in and becomes root; root itself unless given. */
  readonly user?: string;
  /** What becomes of a host that is told to reboot; undefined: it never is, and it has no systemd. */
  readonly life?: Life;
};

/** Real hosts h1, h2..., each with a way of its own that can fail, and with scripts that a test has a say in. */
export const startFleet = async ({ count, user, life }: FleetRequest): Promise<FaultFleet> => {
  const sshd = await startSshd({ count, options: forceCommand });
  const hosts = await Promise.all(sshd.hosts.map((host, at) => faultHost({ sshd, host, at: at + 1, life })));
  const state = join(sshd.folder, "state");
  const reach = await reachOf(sshd, hosts, user);
  const start: FaultFleet["start"] = (words, request) => startController([...words, ...reach], { state, ...request });
  const run: FaultFleet["run"] = (words, request) => start(words, request).ended;
  return {
    ...{ hosts, state, start, run, folder: sshd.folder },
    play: async (name, text) => {
      const path = join(sshd.folder, `${name}.yaml`);
      await writeFile(path, text);
      return path;
    },
    report: async (words, request) => {
      const ran = await run([...words, "--output", "json"], request);
      return { ...reportOf(ran), ran };
    },
    stop: async () => {
      for (const { proxy } of hosts) proxy.close();
      await sshd.stop();
    },
  };
};

const reachOf = async (
  sshd: Sshd,
  hosts: readonly FaultHost[],
  user: string | undefined,
): Promise<readonly string[]> => {
  const inventory = join(sshd.folder, "inventory.yaml");
  const known = join(sshd.folder, "known");
  const who = user === undefined ? "ansible_user: root" : `ansible_user: ${user}, ansible_become: true`;
  const login = `${who}, ansible_ssh_private_key_file: ${sshd.clientKey}`;
  // A connection over which nothing comes any more is given up within seconds.
  const patience = "ansible_ssh_common_args: -o ServerAliveInterval=1 -o ServerAliveCountMax=3";
  const lines = hosts.map(
    ({ name, proxy }) => `    ${name}: { ansible_host: ${nearAddress(name)}, ansible_port: ${proxy.port} }\n`,
  );
  await writeFile(inventory, `all:\n  vars: { ${login}, ${patience} }\n  hosts:\n${lines.join("")}`);
  const keys = hosts.flatMap(({ name, proxy, knownHosts }) =>
    knownHosts.map((line) => line.replace(/^\S+/, `[${nearAddress(name)}]:${proxy.port}`)),
  );
  await writeFile(known, keys.map((line) => `${line}\n`).join(""));
  return ["-i", inventory, "--known-hosts", known, "--connect-timeout", "2"];
};

const nearAddress = (name: string): string => `127.1.7.${name.slice(1)}`;

type HostRequest = {
  readonly sshd: Sshd;
  readonly host: SshdHost;
  readonly at: number;
  readonly life: Life | undefined;
};

const faultHost = async ({ sshd, host, at, life }: HostRequest): Promise<FaultHost> => {
  const faults = await faultsOn(host);
  const second = life === undefined ? undefined : await makeRebootable(sshd, host, life, forceCommand);
  // Nobody reboots a host that has no second sshd.
  if (second === undefined) await host.run(programs.map((name) => `mount --bind /bin/false ${name}`).join(" && "));
  const proxy = await startProxy({ address: host.address, port: second?.port ?? host.port }, `127.1.7.${at}`);
  const keys = ["generic", "icmp"] as const;
  const setOld = keys.map((key) => `echo ${old[key]} >/run/own-${key}`);
  await host.run([...setOld, ...keys.map((key) => `mount --bind /run/own-${key} ${ownFile(key)}`)].join(" && "));
  const value = async (key: (typeof keys)[number]): Promise<string> => (await host.readFile(`/run/own-${key}`)).trim();
  return {
    ...{ ...host, name: `h${at}`, proxy, faults },
    reboots: second?.reboots ?? (() => Promise.resolve(0)),
    values: async () => ({ generic: await value("generic"), icmp: await value("icmp") }),
    file: () => readFile(join(host.root, managed), "utf8").catch(() => undefined),
    renew: async () => {
      proxy.turn("open");
      await faults.clear();
      await host.run(`rm -rf ${managed} /var/lib/ctfleet; ${setOld.join("; ")}`);
    },
  };
};

const programs = ["/usr/bin/systemctl", "/usr/bin/systemd-run"];
