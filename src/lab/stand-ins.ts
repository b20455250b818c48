import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import chcon from "./bin/chcon.sh";
import chown from "./bin/chown.sh";
import dmesg from "./bin/dmesg.sh";
import firewallCmd from "./bin/firewall-cmd.sh";
import hostname from "./bin/hostname.sh";
import id from "./bin/id.sh";
import labBoot from "./bin/lab-boot.sh";
import labEntries from "./bin/lab-entries.sh";
import labFiles from "./bin/lab-files.sh";
import labFirewall from "./bin/lab-firewall.sh";
import labPut from "./bin/lab-put.sh";
import labRules from "./bin/lab-rules.sh";
import labSysctlD from "./bin/lab-sysctl-d.sh";
import labUdev from "./bin/lab-udev.sh";
import ls from "./bin/ls.sh";
import lsmod from "./bin/lsmod.sh";
import modprobe from "./bin/modprobe.sh";
import reboot from "./bin/reboot.sh";
import service from "./bin/service.sh";
import stat from "./bin/stat.sh";
import sysctl from "./bin/sysctl.sh";
import systemctl from "./bin/systemctl.sh";
import systemdRun from "./bin/systemd-run.sh";
import uname from "./bin/uname.sh";
import unshare from "./bin/unshare.sh";
import updateInitramfs from "./bin/update-initramfs.sh";

/** Programs that come first in PATH on a practice host, by name. */
const standIns: Readonly<Record<string, string>> = {
  ...{
    chcon,
    chown,
    dmesg,
    hostname,
    id,
    ls,
    lsmod,
    modprobe,
    reboot,
    service,
    stat,
    sysctl,
    systemctl,
    uname,
    unshare,
  },
  // It has nothing to do but to be there.
  ...{ crond: "#!/bin/sh\n" },
  ...{ "rc-service": service, shutdown: reboot, restorecon: chcon, dracut: updateInitramfs },
  ...{ "update-initramfs": updateInitramfs, "systemd-run": systemdRun },
  ...{ "iptables-save": labRules, "ip6tables-save": labRules, nft: labRules, "firewall-cmd": firewallCmd },
  ...{ "iptables-restore": labRules, "ip6tables-restore": labRules },
  ...{
    "lab-boot": labBoot,
    "lab-entries": labEntries,
    "lab-files": labFiles,
    "lab-firewall": labFirewall,
    "lab-put": labPut,
  },
  ...{ "lab-sysctl-d": labSysctlD, "lab-udev": labUdev },
};

/** Writes the stand-ins into a folder, over those of an earlier version. */
export const writeStandIns = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    Object.entries(standIns).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o755 })),
  );
};
