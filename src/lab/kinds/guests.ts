import { centos7, debian12, ubuntu2204 } from "./platforms.ts";
import { guestOf } from "./sketch.ts";

/** What an LXC guest shows of itself: /proc/sys is mounted read-only, and the kernel is the host's. */
const lxc = {
  "/etc/sysctl.conf": "",
  "/run/systemd/container": "lxc\n",
  "/proc/1/cgroup": "0::/.lxc/init.scope\n",
  "/proc/self/mounts":
    "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec 0 0\nproc /proc/sys proc ro,nosuid,nodev,noexec 0 0\nsysfs /sys sysfs ro,nosuid,nodev,noexec 0 0\n",
};
const onUbuntu = {
  ...ubuntu2204,
  release: debian12.release,
  kernel: { ...ubuntu2204.kernel, loadable: [] },
  files: {},
};

/** A container sees conntrack and may set nothing. */
export const container = guestOf({
  name: "container",
  about: "an LXC container: the values belong to the host below and cannot be set in here",
  group: "guests",
  on: onUbuntu,
  machine: { memory: 2048, cpus: 2, uptime: 777600 },
  live: { max: 262144, buckets: 262144, count: 310, drops: 0 },
  loaded: ["nf_conntrack 3"],
  processes: ["nginx"],
  files: lxc,
});

/** As above, and about to run into a wall that only the host below can move. */
export const lxcNearMax = guestOf({
  name: "lxc-near-max",
  about: "an LXC container whose own connections nearly fill the table that it cannot enlarge",
  group: "guests",
  on: onUbuntu,
  machine: { memory: 4096, cpus: 4, uptime: 604801 },
  live: { max: 262144, buckets: 262144, count: 250118, drops: 0 },
  loaded: ["nf_conntrack 3"],
  processes: ["haproxy"],
  files: lxc,
});

/** A guest that shares the kernel of its host: /proc/vz is there, /proc/bc is not. */
export const openvz = guestOf({
  name: "openvz",
  about: "an OpenVZ guest: sysctl refuses what the host below does not grant",
  group: "guests",
  on: {
    ...centos7,
    kernel: { release: "3.10.0-1160.90.1.vz7.200.7", arch: "x86_64", commandLine: "quiet", loadable: [] },
    files: {},
  },
  machine: { memory: 1024, cpus: 1, uptime: 12960000 },
  live: { max: 65536, buckets: 16384, count: 870, drops: 0 },
  loaded: [],
  processes: ["httpd"],
  files: { "/etc/sysctl.conf": "", "/proc/vz/version": "", "/proc/vz": { folder: true } },
});
