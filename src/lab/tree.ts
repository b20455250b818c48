import { conntrackFiles, type Files } from "./conntrack-files.ts";
import { eras } from "./era.ts";
import type { Entry, Kind } from "./kind.ts";
import { procModules } from "./modules.ts";

/** Every file of a practice host before its first boot id: what is common, then conntrack, then what is its own. */
export const hostTree = (kind: Kind): Files => ({
  ...folders,
  ...machineFiles(kind),
  ...kernelFiles(kind),
  ...systemFiles(kind),
  ...processFiles(kind),
  ...(kind.conntrack.live === undefined ? {} : conntrackFiles(kind, kind.conntrack.live)),
  ...libraryFiles[kind.conntrack.kind](kind),
  ...Object.fromEntries(
    Object.entries(kind.files).map(([path, entry]) => [path, typeof entry === "string" ? plain(entry) : entry]),
  ),
});

const plain = (text: string): Entry => ({ text, mode: 0o644 });
const shown = (text: string): Entry => ({ text, mode: 0o444 });
const kibibytes = (mebibytes: number): string => `${mebibytes * 1024} kB`;

const folders: Files = Object.fromEntries(
  ["/tmp", "/root", "/var/lib", "/var/log", "/proc/net", "/proc/sys/net", "/etc/modprobe.d"].map((path) => [
    path,
    { folder: true },
  ]),
);

const machineFiles = ({ machine }: Kind): Files => {
  const low = machine.lowMemory === undefined ? "" : `LowTotal: ${kibibytes(machine.lowMemory).padStart(18)}\n`;
  const cpus = Array.from({ length: machine.cpus }, (_, cpu) => cpu);
  const blocks = machine.memoryBlocks;
  const block = (at: number): [string, Entry] => [`/sys/devices/system/memory/memory${at}/state`, plain("online\n")];
  return {
    "/proc/meminfo": shown(
      `MemTotal: ${kibibytes(machine.memory).padStart(18)}\nMemFree: ${kibibytes(Math.floor(machine.memory / 3)).padStart(19)}\n` +
        `MemAvailable: ${kibibytes(Math.floor(machine.memory / 2)).padStart(14)}\n${low}`,
    ),
    "/proc/cpuinfo": shown(cpus.map((cpu) => `processor\t: ${cpu}\nmodel name\t: practice\n\n`).join("")),
    "/proc/stat": shown(["cpu  0 0 0 0\n", ...cpus.map((cpu) => `cpu${cpu} 0 0 0 0\n`)].join("")),
    "/sys/devices/system/cpu/online": shown(machine.cpus === 1 ? "0\n" : `0-${machine.cpus - 1}\n`),
    ...(blocks === undefined
      ? {}
      : {
          "/sys/devices/system/memory/block_size_bytes": shown(`${(blocks.size * 2 ** 20).toString(16)}\n`),
          ...Object.fromEntries(Array.from({ length: blocks.count }, (_, at) => block(at))),
        }),
  };
};

const kernelFiles = ({ kernel, conntrack }: Kind): Files => ({
  ...(conntrack.ours ? { "/proc/sys/kernel/modules_disabled": plain("0\n") } : {}),
  "/proc/sys/kernel/osrelease": shown(`${kernel.release}\n`),
  "/proc/sys/kernel/ostype": shown("Linux\n"),
  "/proc/version": shown(`Linux version ${kernel.release} (build@practice) #1 SMP\n`),
  "/proc/cmdline": shown(`${kernel.commandLine}\n`),
  "/proc/modules": shown(procModules(kernel.loadable, kernel.loaded)),
  ...(kernel.image === undefined
    ? {}
    : { [kernel.image.path]: { text: "practice\n", mode: 0o600, age: kernel.image.age } }),
  "/proc/filesystems": shown("nodev\tsysfs\nnodev\tproc\n\text4\n"),
});

const systemFiles = ({ name, system }: Kind): Files => ({
  "/etc/hostname": plain(`${name}\n`),
  "/etc/passwd": plain("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"),
  "/etc/group": plain("root:x:0:\nadm:x:4:\nnobody:x:65534:\n"),
  ...Object.fromEntries(Object.entries(system.release).map(([path, text]) => [path, plain(text)])),
  ...initFiles[system.init],
  ...(system.init === "systemd" ? {} : scriptServices(system)),
});

const initFiles: Readonly<Record<Kind["system"]["init"], Files>> = {
  systemd: {
    "/run/systemd/system": { folder: true },
    "/etc/systemd/system": { folder: true },
    "/etc/sysctl.d": { folder: true },
    "/etc/modules-load.d": { folder: true },
    "/etc/udev/rules.d": { folder: true },
    "/usr/lib/systemd/systemd": { text: "", mode: 0o755 },
  },
  openrc: {
    "/run/openrc": { folder: true },
    "/sbin/openrc-run": { text: "", mode: 0o755 },
    "/etc/sysctl.d": { folder: true },
    "/etc/modules-load.d": { folder: true },
  },
  sysv: {
    "/etc/rc.d/init.d": { folder: true },
    "/etc/rc.d/rc3.d": { folder: true },
    "/sbin/init": { text: "", mode: 0o755 },
  },
};

/** Without systemd a service is a script, and marks beside it say that it runs and that it starts at boot. */
const scriptServices = ({ init, services }: Kind["system"]): Files =>
  Object.fromEntries(
    services.flatMap(({ name, active, enabled }): [string, Entry][] =>
      init === "openrc"
        ? [
            [`/etc/init.d/${name}`, { text: "#!/sbin/openrc-run\n", mode: 0o755 }],
            ...(active ? [[`/run/openrc/started/${name}`, plain("")] as [string, Entry]] : []),
            ...(enabled ? [[`/etc/runlevels/default/${name}`, plain("")] as [string, Entry]] : []),
          ]
        : [
            [`/etc/rc.d/init.d/${name}`, { text: "#!/bin/sh\n", mode: 0o755 }],
            ...(active ? [[`/var/lock/subsys/${name}`, plain("")] as [string, Entry]] : []),
            ...(enabled ? [[`/etc/rc.d/rc3.d/S08${name}`, { link: `../init.d/${name}` }] as [string, Entry]] : []),
          ],
    ),
  );

const firstProcess = { systemd: "systemd", openrc: "init", sysv: "init" };

const processFiles = ({ system, processes, machine }: Kind): Files => ({
  "/proc/1/comm": shown(`${firstProcess[system.init]}\n`),
  "/proc/1/status": shown(`Name:\t${firstProcess[system.init]}\nPid:\t1\n`),
  "/proc/1/cgroup": shown("0::/init.scope\n"),
  "/proc/self/mounts": shown(
    "/dev/vda1 / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec 0 0\nsysfs /sys sysfs rw,nosuid,nodev,noexec 0 0\n",
  ),
  "/proc/self/mountinfo": shown(
    "22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n23 22 0:21 / /proc rw - proc proc rw\n",
  ),
  "/proc/self/smaps": shown(
    `00400000-00401000 r-xp 00000000 fe:01 1 /bin/sh\nKernelPageSize:        ${machine.pageSize ?? 4} kB\n`,
  ),
  ...Object.fromEntries(processes.map((name, at) => [`/proc/${600 + at}/comm`, shown(`${name.slice(0, 15)}\n`)])),
});

const library = "kernel/net/netfilter/nf_conntrack.ko";
const oldLibrary = "kernel/net/ipv4/netfilter/ip_conntrack.ko";

const moduleFiles = ({ kernel, conntrack }: Kind): Files => ({
  [`/lib/modules/${kernel.release}/modules.dep`]: plain(
    `${eras[conntrack.era].family === "nf" ? library : oldLibrary}: kernel/lib/libcrc32c.ko\n`,
  ),
  [`/lib/modules/${kernel.release}/modules.builtin`]: plain("kernel/fs/ext4/ext4.ko\n"),
});

const builtinFiles = ({ kernel }: Kind): Files => ({
  [`/lib/modules/${kernel.release}/modules.dep`]: plain(""),
  [`/lib/modules/${kernel.release}/modules.builtin`]: plain(`kernel/fs/ext4/ext4.ko\n${library}\n`),
});

const noLibrary = ({ kernel }: Kind): Files => ({
  [`/lib/modules/${kernel.release}/modules.dep`]: plain(""),
  [`/lib/modules/${kernel.release}/modules.builtin`]: plain("kernel/fs/ext4/ext4.ko\n"),
});

const libraryFiles = { module: moduleFiles, builtin: builtinFiles, none: noLibrary };
