import type { Entry } from "./entry.ts";

const live = "sysctl net.netfilter.nf_conntrack_max; cat /sys/module/nf_conntrack/parameters/hashsize";

/** 3xx: another file or program has the last word. */
export const overruled = {
  CT301: {
    severity: "warning",
    title: "right now, wrong after the next boot: a file that is read later sets another value",
    remedy: "remove the line, or give the play's file a name that sorts after it",
    means: "Two files set the same value differently, and the one with the wrong value is read last.",
    why: "sysctl files of /etc, /run, /usr/local/lib and /usr/lib are applied in the order of their names, whatever their folder; of two with one name only the one in /etc counts. Later wins. All names of the table size (net.nf_conntrack_max too) are one value. A key may be written with slashes, with a leading `-`, and for systemd with globs.",
    see: [
      "systemd-analyze cat-config sysctl.d --no-pager | grep -n -e '^# /' -e conntrack",
      "ls /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d | sort",
    ],
    cure: [
      "remove the line that the finding names",
      "settings: { path: FILE, absent: [net.netfilter.nf_conntrack_max] }",
      "or name your file so that it sorts last: /etc/sysctl.d/99-zz-conntrack.conf",
    ],
    ignore: "Where the later file is the one that is meant, and the play is wrong.",
  },
  CT302: {
    severity: "info",
    worst: "warning",
    title: "kube-proxy sets the table size when it starts",
    remedy: "conntrack.maxPerCore: 0 and conntrack.min: 0 in kube-proxy's config map; it then leaves the host's values",
    means: "What the play or the files set holds until kube-proxy next starts: at a boot, at an update, at a crash.",
    why: "At its start kube-proxy writes nf_conntrack_max = max(32768 x CPUs, 131072), raises hashsize to a quarter of it, and writes established 86400 and close_wait 3600. From 1.36 on the product is capped at 1048576. Some versions only raise max (those with pull request 103174 or 142035), the others lower it too. k3s and rke2 run it as well; they take --kube-proxy-arg. It is a warning where the live value is the one that kube-proxy writes, or where its configuration can be read on this host.",
    see: [
      "ps -o args= -C kube-proxy",
      "kubectl -n kube-system get configmap kube-proxy -o yaml | grep -A6 conntrack",
      live,
      "nproc",
    ],
    cure: [
      "config map kube-proxy: conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }",
      "k3s, rke2: kube-proxy-arg: [conntrack-max-per-core=0, conntrack-min=0]",
      "or size the table there, and not with a play",
    ],
    ignore:
      "Once the config map says 0, where the host keeps no readable copy of it: with one the finding goes by itself.",
  },
  CT303: {
    severity: "warning",
    title: "the active TuneD profile sets another value",
    remedy: "take the line out of the profile, or set the wanted value there: the finding names file and line",
    means: "TuneD writes its value at its start and at each change of the profile, after the boot has applied yours.",
    why: "`[net] nf_conntrack_hashsize=N` of a profile is written to /sys/module/nf_conntrack/parameters/hashsize and wins over modprobe.d. Keys of its [sysctl] section count only where no file sets them: with reapply_sysctl=1 (the default) TuneD afterwards applies /run/sysctl.d, /etc/sysctl.d and, last, /etc/sysctl.conf again.",
    see: [
      "cat /etc/tuned/active_profile",
      "grep -rn conntrack /etc/tuned /usr/lib/tuned",
      "grep -n reapply_sysctl /etc/tuned/tuned-main.conf",
    ],
    cure: [
      "/etc/tuned/PROFILE/tuned.conf: a profile of your own with `include=OLD`, and nf_conntrack_hashsize=N in [net]",
      "settings: remove the line from the profile below /etc/tuned; those below /usr/lib belong to the package",
    ],
    ignore: "Where the profile is what sizes the table, and the play is not meant to.",
  },
  CT304: {
    severity: "warning",
    title: "ufw's own sysctl file sets another value",
    remedy: "take the line out of /etc/ufw/sysctl.conf, or set the wanted value there",
    means: "Each start and reload of ufw writes its value over the one of sysctl.d.",
    why: "ufw applies the file that IPT_SYSCTL names in /etc/default/ufw (/etc/ufw/sysctl.conf as shipped) with `sysctl -e -q -p` when it is started. At boot that is after systemd-sysctl, so ufw has the last word.",
    see: ["grep -n conntrack /etc/ufw/sysctl.conf", "grep -n -e IPT_SYSCTL -e IPT_MODULES /etc/default/ufw"],
    cure: [
      "settings: { path: /etc/ufw/sysctl.conf, absent: [net/netfilter/nf_conntrack_max] }",
      "or /etc/default/ufw: IPT_SYSCTL= (then none of its file is applied, the hardening in it neither)",
    ],
    ignore: "Where ufw's file is the one that is meant.",
  },
  CT305: {
    severity: "warning",
    title: "firewalld unloads the modules when it stops: a restart loses the values",
    remedy: "CleanupModulesOnExit=no in /etc/firewalld/firewalld.conf",
    means:
      "After `systemctl restart firewalld` the table has its size at load again, and all tracked connections are forgotten.",
    why: "firewalld before 1.0 unloads the firewall's modules when it stops; from 1.0 on only with CleanupModulesOnExit=yes. The option came to EL8 with 8.6 and is yes there. Loaded anew, the module has 8 x hashsize or the default; firewalld applies no sysctl file.",
    see: ["grep -n CleanupModulesOnExit /etc/firewalld/firewalld.conf", "firewalld --version", live],
    cure: [
      "/etc/firewalld/firewalld.conf: CleanupModulesOnExit=no",
      "where the option is not known: `firewall-cmd --reload` in place of a restart",
    ],
    ignore: "Where firewalld is only reloaded: a reload unloads nothing.",
  },
  CT306: {
    severity: "warning",
    title: "docker loads conntrack after the sysctl files were applied",
    remedy: "have the module loaded before: a file in /etc/modules-load.d that names nf_conntrack",
    means: "After the next boot the table has the size that the module was loaded with, whatever the sysctl files say.",
    why: "dockerd writes no conntrack value. But its NAT rules load nf_conntrack when it starts, long after systemd-sysctl found that the keys did not exist. Its rules are made by itself and are in no saved file: a restart of the firewall service takes them away until docker is restarted.",
    see: [
      "grep -rn nf_conntrack /etc/modules-load.d /usr/lib/modules-load.d /etc/modules",
      "systemctl show -p After docker.service",
      live,
    ],
    cure: ["/etc/modules-load.d/nf_conntrack.conf: nf_conntrack", "ctfleet apply playbooks/raise-ceiling.yaml"],
    ignore: "On a host that is thrown away instead of rebooted.",
  },
  CT307: {
    severity: "warning",
    title: "cloud-init sets another value",
    remedy: "take the line out of the user data or of /etc/cloud; the finding names file and line",
    means: "What cloud-init does at a boot, or at the first boot of an image, sets a value that is not the wanted one.",
    why: "bootcmd runs at every boot and early, runcmd once per instance and last, write_files once per instance. A new instance of the same image does all of them again, so a file that write_files makes comes back there.",
    see: [
      "grep -rn conntrack /etc/cloud /var/lib/cloud/instance",
      "cloud-init query userdata",
      "grep -n conntrack /var/log/cloud-init-output.log",
    ],
    cure: [
      "remove the line from the user data of the instance or its template",
      "/etc/cloud/cloud.cfg.d/*.cfg: the same where the image has it",
    ],
    ignore: "runcmd and write_files of an instance that has booted before do nothing any more.",
  },
  CT308: {
    severity: "warning",
    title: "/etc/sysctl.conf says another value than the boot gives: procps reads it last, systemd does not",
    remedy: "move the line to /etc/sysctl.d, or remove it",
    means: "The boot and a `sysctl --system` or `sysctl -p` by hand end with different values.",
    why: "systemd-sysctl does not read /etc/sysctl.conf; where /etc/sysctl.d/99-sysctl.conf links to it (Debian to 12, EL) it counts under that name and loses to what sorts after it. `sysctl --system` of procps reads it last, and TuneD applies it last too, so there it wins.",
    see: [
      "grep -n conntrack /etc/sysctl.conf",
      "ls -l /etc/sysctl.d/99-sysctl.conf",
      "systemd-analyze cat-config sysctl.d --no-pager | grep -n -e '^# /' -e conntrack",
    ],
    cure: [
      "settings: { path: /etc/sysctl.conf, absent: [net.netfilter.nf_conntrack_max] }",
      "/etc/sysctl.d/90-nf_conntrack.conf: the wanted value",
    ],
    ignore: "Where nobody and nothing runs `sysctl -p` or `sysctl --system`.",
  },
} as const satisfies Record<string, Entry>;
