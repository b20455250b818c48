import { join } from "node:path";
import power from "./power.sh";
import { freePort, type Sshd, type SshdHost } from "./sshd.ts";

/**
 * What becomes of a host that is told to reboot. `boots_slowly`: sshd refuses ordinary users for four seconds more; `loops`:
 * it boots again four seconds later; `hangs`: it does not go down.
 */
export type Life = "comes_back" | "boots_slowly" | "other_key" | "loops" | "never" | "hangs";

export type Rebootable = {
  readonly address: string;
  readonly port: number;
  /** Lines for a known_hosts file. */
  readonly knownHosts: readonly string[];
  /** How often it was told to reboot. */
  readonly reboots: () => Promise<number>;
};

/** A value of the kernel that the host has to itself: the others are those of this machine, and of every host on it. */
export const ownKey = "net.netfilter.nf_conntrack_icmp_timeout";
const ownFile = `/proc/sys/${ownKey.replaceAll(".", "/")}`;

/** The programs that reboot a machine; the others of their kind are links to the first. */
const programs = ["/usr/bin/systemctl", "/usr/bin/systemd-run"];

/**
 * Gives a host of sshd.ts a boot of its own: a boot_id that changes, and a second sshd that goes down and comes back with
 * everything else that runs there. The first one stays, so that its files do.
 */
export const makeRebootable = async (
  sshd: Sshd,
  host: SshdHost,
  life: Life,
  /** More words of sshd_config. */
  more: Readonly<Record<string, string>> = {},
): Promise<Rebootable> => {
  const port = await freePort();
  const settings = {
    Port: port,
    ListenAddress: host.address,
    AuthorizedKeysFile: join(sshd.folder, "authorized_keys"),
    PermitRootLogin: "yes",
    StrictModes: "no",
    // pam_nologin is what refuses ordinary users while a host boots.
    UsePAM: "yes",
    UseDNS: "no",
    PidFile: "none",
    ...more,
  };
  const options = Object.entries(settings).map(([key, value]) => `-o\n${key}=${value}\n`);
  const key = join(sshd.folder, `host${host.address.split(".").at(-1) ?? ""}`, "ed25519");
  await host.writeFile("/etc/power/power", power, 0o755);
  await host.writeFile("/etc/power/sshd", options.join(""));
  await host.writeFile("/etc/power/key", `${key}\n`);
  await host.writeFile("/etc/power/life", `${life}\n`);
  await host.writeFile("/etc/power/reboots", "");
  await host.run(
    [
      "cat /proc/sys/kernel/random/uuid >/run/boot_id",
      // The seconds of a boot are the host's own; those of the machine go on in /run/proc.
      "mkdir /run/proc && mount --bind /proc /run/proc && echo 0 >/run/booted-at",
      "cat /proc/uptime >/run/uptime && mount --bind /run/uptime /proc/uptime",
      "mount --bind /run/boot_id /proc/sys/kernel/random/boot_id",
      "echo systemd >/run/first && mount --bind /run/first /proc/1/comm",
      // The machine that the tests run on may be a container, which nobody reboots.
      "mkdir -p /run/systemd/system && echo none >/run/systemd/container",
      `cat ${ownFile} >/run/own && mount --bind /run/own ${ownFile}`,
      ...programs.map((program) => `mount --bind /etc/power/power ${program}`),
      "ssh-keygen -q -t ed25519 -N '' -f /etc/power/other_key",
      "/etc/power/power up",
    ].join(" && "),
  );
  return {
    address: host.address,
    port,
    knownHosts: host.knownHosts.map((line) => line.replace(/^\S+/, `[${host.address}]:${port}`)),
    reboots: async () => (await host.readFile("/etc/power/reboots")).split("\n").length - 1,
  };
};
