import type { Kind } from "../kind.ts";
import { centos7, debian12 } from "./releases.ts";

const none = { loads: [], unloads: false, reloadsFrom: [] } as const;

/** A container sees conntrack and may set nothing: /proc/sys is mounted read-only. */
export const container: Kind = {
  name: "container",
  about: "an LXC container: the values belong to the host below and cannot be set in here",
  groups: ["guests"],
  machine: { memory: 2048, cpus: 2, uptime: 777600 },
  kernel: {
    release: "5.15.0-101-generic",
    arch: "x86_64",
    commandLine: "BOOT_IMAGE=/vmlinuz-5.15.0-101-generic root=/dev/sda1",
    loadable: [],
    loaded: ["nf_conntrack 3"],
  },
  system: { init: "systemd", release: debian12, services: [], firewall: none },
  conntrack: {
    ...{ kind: "module", era: "5.15", ours: false, objectSize: 256 },
    live: { max: 262144, buckets: 262144, count: 310, drops: 0 },
  },
  log: undefined,
  processes: ["sshd", "nginx"],
  files: {
    "/etc/sysctl.conf": "",
    "/run/systemd/container": "lxc\n",
    "/proc/1/cgroup": "0::/.lxc/init.scope\n",
    "/proc/self/mounts":
      "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec 0 0\nproc /proc/sys proc ro,nosuid,nodev,noexec 0 0\nsysfs /sys sysfs ro,nosuid,nodev,noexec 0 0\n",
  },
  returns: true,
};

/** A guest that shares the kernel of its host: /proc/vz is there, /proc/bc is not. */
export const openvz: Kind = {
  name: "openvz",
  about: "an OpenVZ guest: sysctl refuses what the host below does not grant",
  groups: ["guests"],
  machine: { memory: 1024, cpus: 1, uptime: 12960000 },
  kernel: { release: "3.10.0-1160.90.1.vz7.200.7", arch: "x86_64", commandLine: "quiet", loadable: [], loaded: [] },
  system: { init: "systemd", release: centos7, services: [], firewall: none },
  conntrack: {
    ...{ kind: "module", era: "3.10", ours: false, objectSize: 320 },
    live: { max: 65536, buckets: 16384, count: 870, drops: 0 },
  },
  log: undefined,
  processes: ["sshd", "httpd"],
  files: { "/etc/sysctl.conf": "", "/proc/vz/version": "", "/proc/vz": { folder: true } },
  returns: true,
};
