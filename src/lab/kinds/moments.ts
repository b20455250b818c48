import { filterRules, natRules, netfilterPersistent, nftables } from "./firewalls.ts";
import { debian12, ubuntu2204 } from "./platforms.ts";
import { kindOf, loadedBy } from "./sketch.ts";

/** Somebody once looked at `iptables -t nat -L`, which loads the module. Nothing has used it since. */
export const unused = kindOf({
  name: "unused",
  about: "Debian 12 with connection tracking loaded and nothing that uses it: a candidate for removal",
  group: "web",
  on: debian12,
  machine: { memory: 1961, cpus: 2, uptime: 3000000 },
  live: { max: 65536, buckets: 65536, count: 0, drops: 0 },
  loaded: loadedBy.nothing,
  processes: ["nginx"],
});

/** Values of a trial, which go back by themselves. */
export const onTrial = kindOf({
  name: "on-trial",
  about: "Debian 12 in the middle of a trial: live values that no file says, and that go back by themselves",
  group: "web",
  on: debian12,
  machine: { memory: 3931, cpus: 2, uptime: 259201 },
  firewall: nftables,
  live: { max: 131072, buckets: 131072, count: 30120, drops: 0 },
  loaded: loadedBy.nft,
  trial: { run: "20261120T080000Z-0a1b2c", seconds: 172800 },
  files: {
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 65536\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
  },
});

/** Where a reboot must wait; and a table that is larger than it need be. */
export const inhibited = kindOf({
  name: "inhibited",
  about: "Ubuntu 22.04 that installs its upgrades right now and has asked not to be rebooted",
  group: "web",
  on: ubuntu2204,
  machine: { memory: 7950, cpus: 4, uptime: 800000 },
  firewall: nftables,
  live: { max: 2621440, buckets: 2621440, count: 9000, drops: 0 },
  loaded: loadedBy.nft,
  processes: ["unattended-upgr", "dpkg"],
  files: {
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=2621440\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 2621440\n",
    "/run/systemd/inhibit/3":
      "# This is private data. Do not parse.\nWHAT=shutdown\nMODE=block\nUID=0\nPID=604\nWHO=Unattended Upgrades Shutdown\nWHY=Stop ongoing upgrades or perform upgrades before shutdown\nFIFO=/run/systemd/inhibit/3.ref\n",
  },
});

/** Somebody added a rule and did not save it, and lowered a value that a file still has. */
export const rulesDiffer = kindOf({
  name: "rules-differ",
  about: "Debian 12 gateway whose live rules are not the saved ones: a restart of its firewall would lose some",
  group: "edge",
  on: debian12,
  machine: { memory: 3900, cpus: 2, uptime: 1500000 },
  firewall: netfilterPersistent,
  live: { max: 65536, buckets: 65536, count: 15020, drops: 0 },
  loaded: [...loadedBy.nothing, "x_tables", "xt_conntrack 1", "nf_nat", "xt_MASQUERADE 1"],
  liveRules: `${filterRules}${natRules}`,
  processes: ["fail2ban-server"],
  files: {
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 98304\n",
    "/proc/net/ip_tables_names": { text: "filter\nnat\n", mode: 0o440 },
  },
});

/** A change that nobody confirmed, on a host that cannot put it back any more. */
export const unconfirmed = kindOf({
  name: "unconfirmed",
  about: "Debian 12 that went down before its change was confirmed; somebody has removed what was to put it back",
  group: "web",
  on: debian12,
  machine: { memory: 3927, cpus: 2, uptime: 5400 },
  firewall: nftables,
  live: { max: 131072, buckets: 131072, count: 12007, drops: 0 },
  loaded: loadedBy.nft,
  files: {
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=131072\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 131072\n",
    "/var/lib/ctfleet/pending": {
      text: "20261121T070000Z-1a2b3c 1 0d9c2a5e-3b1f-4f64-9d0c-5f3f0a6b7c81 86000 120 - 00000000000000000000000000000000\n",
      mode: 0o600,
    },
  },
});

/** A change that cut the way to its host, which has undone it. */
export const putBack = kindOf({
  name: "put-back",
  about: "Debian 12 that has put a change back, as nobody confirmed it in time: it has its old values again",
  group: "web",
  on: debian12,
  machine: { memory: 3929, cpus: 2, uptime: 432100 },
  firewall: nftables,
  live: { max: 65536, buckets: 65536, count: 21013, drops: 0 },
  loaded: loadedBy.nft,
  files: {
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=65536\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 65536\n",
    "/var/lib/ctfleet/reverted": {
      text: "20261121T093000Z-4d5e6f 1 7b4b7f0e-94a2-4b0c-8c55-2f6f1f1f9e10 345600 timeout\n",
      mode: 0o600,
    },
    "/var/lib/ctfleet/20261121T093000Z-4d5e6f/1/reverted": {
      text: "back net.netfilter.nf_conntrack_max 65536\nleft /etc/sysctl.d/90-nf_conntrack.conf: changed by somebody since\n",
      mode: 0o600,
    },
  },
});
