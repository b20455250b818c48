import type { Entry } from "./entry.ts";

const root = ["id -u", "sudo -n -l"] as const;

/** 6xx: what cannot be done or seen on this host. */
export const limits = {
  CT601: {
    severity: "info",
    title: "this guest may not set the table size: it belongs to the host below",
    remedy: "raise it on the host below; nothing can be done in here",
    means: "The play leaves this guest as it is.",
    why: "nf_conntrack_max is one number for the whole kernel. After 5.12 (and in stable kernels) it is 0444 in every network namespace but the first, and net.nf_conntrack_max exists only there. OpenVZ (/proc/vz without /proc/bc), LXC and docker guests share the kernel of the host below.",
    see: [
      "ls -l /proc/sys/net/netfilter/nf_conntrack_max",
      "ls -d /proc/sys/net/nf_conntrack_max /proc/vz /proc/bc /.dockerenv /run/.containerenv /run/systemd/container",
    ],
    cure: ["on the host below: ctfleet apply playbooks/raise-ceiling.yaml"],
    ignore: "Always: it is never counted.",
  },
  CT602: {
    severity: "info",
    title:
      "conntrack is built into this kernel: modprobe.d has no say, and a hash size set live is lost at the next boot",
    remedy: "put it on the kernel command line: nf_conntrack.hashsize=N",
    means: "max and the timeouts last through sysctl files; the hash size does not last through any file of /etc.",
    why: "modprobe reads modprobe.d; nothing calls it for code that is part of the kernel. Parameters of built-in code come from the kernel command line. /sys/module/nf_conntrack exists for built-in code too; initstate in it does not.",
    see: [
      "grep nf_conntrack.ko /lib/modules/$(uname -r)/modules.builtin",
      "ls /sys/module/nf_conntrack",
      "cat /proc/cmdline",
    ],
    cure: [
      'Debian, Ubuntu: /etc/default/grub: GRUB_CMDLINE_LINUX="... nf_conntrack.hashsize=N", then update-grub',
      "EL: grubby --update-kernel=ALL --args=nf_conntrack.hashsize=N",
    ],
    ignore: "Where the default (one bucket per entry from 5.15 on) is enough.",
  },
  CT603: {
    severity: "info",
    title: "this kernel has no connection tracking",
    remedy: "nothing to do",
    means: "There is no module to load and nothing built in: no table that could fill.",
    why: "Neither modules.dep nor modules.builtin of the running kernel names nf_conntrack or ip_conntrack. Kernels of appliances and of some cloud images are built so.",
    see: ["grep -c conntrack /lib/modules/$(uname -r)/modules.dep", "zcat /proc/config.gz | grep NF_CONNTRACK="],
    cure: ["nothing"],
    ignore: "Always, unless the modules of the running kernel were removed by an update: then a reboot brings them.",
  },
  CT604: {
    severity: "warning",
    title: "not proven: what the play manages could not be read here",
    remedy: "run with become (-b), so that root's files can be read",
    means: "Whether this host is at its goal is not known for the things that the finding names.",
    why: "A file of root's, or a key with mode 0600 such as hashsize in sysfs, cannot be compared without root. Unreadable is never taken for absent.",
    see: root,
    cure: ["ctfleet audit PLAYBOOK -b", "become: true in the play, or ansible_become in the inventory"],
    ignore: "Never: it says what the report did not prove.",
  },
  CT605: {
    severity: "info",
    title: "files that could not be searched: what they say of connection tracking is not known",
    remedy: "run with become (-b); a file with NUL bytes or that is no regular file is not searched at all",
    means: "Findings on files may be missing or wrong because of these.",
    why: "The probe searches the files of sysctl, modprobe, modules-load and udev with one grep as the login's user. What it may not open, and what is not text, is listed here.",
    see: ["ls -la /etc/sysctl.d /etc/modprobe.d /etc/modules-load.d /etc/udev/rules.d", ...root],
    cure: ["ctfleet audit -b"],
    ignore: "Where the named files have nothing to do with conntrack.",
  },
  CT606: {
    severity: "warning",
    title: "not seen as root: whether the table was full in the past is not known",
    remedy: "run with become (-b), so that the kernel's log can be read",
    means: "An audit without this finding's cure cannot say that no packets were dropped.",
    why: "kernel.dmesg_restrict=1 (the default on Debian and others) keeps dmesg to root; the journal needs the group systemd-journal or adm, and /var/log/kern.log mostly adm.",
    see: ["cat /proc/sys/kernel/dmesg_restrict", "id", "ls -l /var/log/kern.log /var/log/messages"],
    cure: ["ctfleet audit -b", "or put the login into the group adm or systemd-journal"],
    ignore: "Where another monitor watches the kernel's log.",
  },
  CT607: {
    severity: "warning",
    title: "the changes need root, and this login has no right to make them",
    remedy: "run with become: -b, become: true in the play, or ansible_become in the inventory",
    means: "The plan is right, and an apply would fail on this host.",
    why: "Files in /etc and keys in /proc/sys are root's. ctfleet reads as the login's user and changes nothing unless it becomes root by sudo, su or doas.",
    see: root,
    cure: ["ctfleet apply PLAYBOOK -b", "become: true in the play, or ansible_become: true in the inventory"],
    ignore: "Never for an apply; for a plan it does not matter.",
  },
  CT608: {
    severity: "info",
    title: "a reboot would be refused now",
    remedy: "wait for the work that the finding names, or end it",
    means: "A play that reboots would not reboot this host now, and would do nothing else to force it.",
    why: "Before a reboot ctfleet looks for locks of the mode `block` on shutdown (/run/systemd/inhibit), for package programs that run or were interrupted (dpkg, apt, rpm, dnf, yum, zypper), and for a masked reboot.target. A kernel or a boot loader half installed does not come back.",
    see: [
      "systemd-inhibit --list --no-pager",
      "ps -e -o pid,comm,args",
      "dpkg --audit",
      "systemctl is-enabled reboot.target",
    ],
    cure: [
      "dpkg: interrupted: dpkg --configure -a",
      "a masked reboot.target: somebody wants this host to stay up; ask first",
    ],
    ignore: "Where no reboot is planned.",
  },
} as const satisfies Record<string, Entry>;
