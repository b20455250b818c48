import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { enterpriseLinux, readsGlobs } from "./os.ts";
import { baseName, type ConfFile, dropIns, fileAt, filesIn } from "./tree.ts";

/** How one program reads sysctl files at boot. */
export type SysctlReader = {
  readonly name: string;
  /** In the order in which they are read. */
  readonly files: readonly ConfFile[];
  /** `whole`: one list over all files, where an explicit key keeps globs away; `each`: file by file, line by line. */
  readonly pass: "whole" | "each";
  /** Of two lines that say the same the first keeps its turn. */
  readonly keepsFirst: boolean;
  readonly globs: boolean | undefined;
  /** Is a leading `-` more than a part of the key? */
  readonly dash: boolean | undefined;
  /** May a blank stand after a leading `-`? */
  readonly blankAfterDash: boolean;
  /** busybox has rules of its own for keys, for long lines and for values that are refused. */
  readonly busybox: boolean;
};

/** The reader that applies sysctl files when this host boots. */
export const bootReader = (facts: Facts): SysctlReader => {
  switch (valueOf(facts.init)) {
    case "systemd":
      return systemdReader(facts);
    case "openrc":
      return valueOf(facts.os.id) === "alpine" ? alpine(facts) : procpsSystem(facts);
    case "sysv":
      return enterpriseLinux(facts) === undefined ? procpsSystem(facts) : initscripts(facts);
    case "busybox":
      return openWrt(facts);
    default:
      return procpsSystem(facts);
  }
};

/** systemd-sysctl(8): folders ending in sysctl.d only; /etc/sysctl.conf counts where a link in one leads to it. */
export const systemdReader = (facts: Facts): SysctlReader => {
  const globs = readsGlobs(facts);
  const files = dropIns(facts.config, "sysctl.d");
  return {
    name: "systemd-sysctl",
    files,
    pass: "whole",
    keepsFirst: true,
    globs,
    dash: globs,
    blankAfterDash: true,
    busybox: false,
  };
};

const sysctlConf = ({ config }: Facts): readonly ConfFile[] => {
  const file = fileAt(config, "/etc/sysctl.conf");
  return file === undefined ? [] : [file];
};

/** sysctl(8) `--system`: as systemd, with /etc/sysctl.conf after all others. Globs since procps 3.3.17. */
export const procpsSystem = (facts: Facts): SysctlReader => ({
  name: "sysctl --system",
  files: [...dropIns(facts.config, "sysctl.d"), ...sysctlConf(facts)],
  pass: "whole",
  keepsFirst: false,
  globs: readsGlobs(facts),
  dash: readsGlobs(facts),
  blankAfterDash: false,
  busybox: false,
});

const oneByOne = { pass: "each", keepsFirst: false, globs: false, dash: false, blankAfterDash: false } as const;

/** Alpine's /etc/init.d/sysctl (aports, main/openrc): folder by folder, and only /etc and /run hide others' files. */
const alpine = (facts: Facts): SysctlReader => {
  const { config } = facts;
  const conf = (folder: string, hiddenBy: readonly string[]) =>
    filesIn(config, `${folder}/sysctl.d`)
      .filter((path) => path.endsWith(".conf"))
      .filter((path) => !hiddenBy.some((other) => fileAt(config, `${other}/sysctl.d/${baseName(path)}`) !== undefined))
      .flatMap((path) => fileAt(config, path) ?? []);
  const files = [
    ...conf("/lib", ["/etc", "/run"]),
    ...conf("/usr/lib", ["/etc", "/run"]),
    ...conf("/etc", ["/run"]),
    ...sysctlConf(facts),
    ...conf("/run", []),
  ];
  return { name: "the sysctl script of OpenRC", files, ...oneByOne, busybox: true };
};

const ignored = /~$|\.(?:bak|old|orig|rpmnew|rpmorig|rpmsave)$/;

/**
 * apply_sysctl of initscripts 9 (EL6; bugzilla.redhat.com 593211): /etc/sysctl.conf, then every file of /etc/sysctl.d, whatever
 * it ends in. EL5 has no such folder.
 */
const initscripts = (facts: Facts): SysctlReader => {
  const folder = (enterpriseLinux(facts) ?? 6) < 6 ? [] : filesIn(facts.config, "/etc/sysctl.d");
  const own = folder.filter((path) => !ignored.test(path));
  const files = [...sysctlConf(facts), ...own.flatMap((path) => fileAt(facts.config, path) ?? [])];
  return { name: "rc.sysinit", files, ...oneByOne, busybox: false };
};

/** OpenWrt's /etc/init.d/sysctl: /etc/sysctl.d, then /etc/sysctl.conf. */
const openWrt = (facts: Facts): SysctlReader => {
  const own = filesIn(facts.config, "/etc/sysctl.d").filter((path) => path.endsWith(".conf"));
  const files = [...own.flatMap((path) => fileAt(facts.config, path) ?? []), ...sysctlConf(facts)];
  return { name: "the sysctl script", files, ...oneByOne, busybox: true };
};

/** `sysctl -p FILES` of procps: each file as it is. */
export const procpsFiles = (name: string, files: readonly ConfFile[], globs: boolean | undefined): SysctlReader => ({
  name,
  files,
  pass: "whole",
  keepsFirst: false,
  globs,
  dash: globs,
  blankAfterDash: false,
  busybox: false,
});
