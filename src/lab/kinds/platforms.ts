import type { Conntrack, Init, Kernel, KindFiles } from "../kind.ts";
import { el5Modules, el6Modules, el7Modules, recentModules } from "./module-sets.ts";
import * as releases from "./releases.ts";

/** A distribution and its kernel: what its hosts have in common. */
export type Platform = {
  readonly init: Init;
  readonly release: Readonly<Record<string, string>>;
  readonly kernel: Omit<Kernel, "loaded">;
  readonly conntrack: Pick<Conntrack, "era" | "objectSize">;
  readonly files: KindFiles;
};

const sysctlLink: KindFiles = { "/etc/sysctl.d/99-sysctl.conf": { link: "../sysctl.conf" } };

/** A kernel of the 64-bit PC, unless said otherwise. */
const kernel = (release: string, commandLine: string, loadable: readonly string[]): Platform["kernel"] => ({
  release,
  arch: "x86_64",
  commandLine: `BOOT_IMAGE=/boot/vmlinuz-${release} ${commandLine}`,
  loadable,
});

const debianFiles: KindFiles = {
  ...sysctlLink,
  "/etc/sysctl.conf": "# /etc/sysctl.conf - Configuration file for setting system variables\n#net.ipv4.ip_forward=1\n",
  "/etc/modules": "# /etc/modules: kernel modules to load at boot time.\n",
};

export const debian12: Platform = {
  init: "systemd",
  release: releases.debian12,
  kernel: kernel("6.1.0-21-amd64", "root=/dev/vda1 ro quiet", recentModules),
  conntrack: { era: "6.1", objectSize: 256 },
  files: debianFiles,
};

export const debian11: Platform = {
  ...debian12,
  release: releases.debian11,
  kernel: kernel("5.10.0-28-cloud-amd64", "root=/dev/xvda1 ro console=ttyS0", recentModules),
  conntrack: { era: "5.10", objectSize: 320 },
};

/** Since trixie systemd is all that reads sysctl files, and nothing links /etc/sysctl.conf for it. */
export const debian13: Platform = {
  ...debian12,
  release: releases.debian13,
  kernel: kernel("6.12.38+deb13-amd64", "root=/dev/vda1 ro quiet", recentModules),
  files: { "/etc/modules": "" },
};

export const ubuntu2204: Platform = {
  ...debian12,
  release: releases.ubuntu2204,
  kernel: kernel("5.15.0-105-generic", "root=/dev/sda2 ro", recentModules),
  conntrack: { era: "5.15", objectSize: 256 },
};

const elFiles: KindFiles = {
  ...sysctlLink,
  "/etc/sysctl.conf": "# sysctl settings are defined through files in /usr/lib/sysctl.d/\n",
  "/etc/rc.local": { link: "rc.d/rc.local" },
};

export const rocky8: Platform = {
  init: "systemd",
  release: releases.rocky8,
  kernel: kernel("4.18.0-513.5.1.el8_9.x86_64", "root=/dev/mapper/rl-root ro", recentModules),
  conntrack: { era: "4.18", objectSize: 320 },
  files: elFiles,
};

/** Its pages are 64 KiB on this processor. */
export const rocky8Arm: Platform = {
  ...rocky8,
  kernel: {
    ...kernel("4.18.0-513.5.1.el8_9.aarch64", "root=/dev/mapper/rl-root ro", recentModules),
    arch: "aarch64",
  },
};

export const centos7: Platform = {
  init: "systemd",
  release: releases.centos7,
  kernel: kernel("3.10.0-862.el7.x86_64", "root=/dev/mapper/centos-root ro crashkernel=auto", el7Modules),
  conntrack: { era: "3.10", objectSize: 320 },
  files: elFiles,
};

const sysvFiles: KindFiles = {
  "/etc/sysctl.conf": "net.ipv4.ip_forward = 1\n",
  "/etc/sysctl.d": { folder: true },
  "/etc/sysconfig/modules": { folder: true },
  "/etc/cron.d": { folder: true },
  "/etc/init.d": { link: "rc.d/init.d" },
};

export const centos6: Platform = {
  init: "sysv",
  release: releases.centos6,
  kernel: kernel("2.6.32-754.el6.x86_64", "ro root=/dev/mapper/vg-root rd_NO_LUKS rhgb quiet", el6Modules),
  conntrack: { era: "2.6.32", objectSize: 304 },
  files: sysvFiles,
};

export const centos5: Platform = {
  init: "sysv",
  release: releases.centos5,
  kernel: { ...kernel("2.6.18-419.el5PAE", "ro root=LABEL=/ rhgb quiet", el5Modules), arch: "i686" },
  conntrack: { era: "2.6.18", objectSize: 256 },
  files: sysvFiles,
};

export const alpine319: Platform = {
  init: "openrc",
  release: releases.alpine319,
  kernel: kernel("6.6.16-0-lts", "root=/dev/sda3 modules=sd-mod,ext4 quiet", recentModules),
  conntrack: { era: "6.1", objectSize: 256 },
  files: {
    "/etc/sysctl.conf": "# content of this file will override /etc/sysctl.d/*\n",
    "/etc/modules": "af_packet\n",
    "/etc/init.d": { folder: true },
    "/etc/runlevels/boot": { folder: true },
  },
};
