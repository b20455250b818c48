import type { Firewall, KindFiles, Service } from "../kind.ts";

/** A firewall as a host runs it: its service, what its start does, and the files that it takes rules from. */
export type FirewallShape = {
  readonly services: readonly Service[];
  readonly firewall: Firewall;
  readonly files: KindFiles;
};

const running = (name: string): Service => ({ name, active: true, enabled: true });

export const noFirewall: FirewallShape = {
  services: [],
  firewall: { loads: [], unloads: false, reloadsFrom: [] },
  files: {},
};

export const nftables: FirewallShape = {
  services: [running("nftables")],
  firewall: { loads: ["nft_ct 2"], unloads: false, reloadsFrom: [], saved: { nft: "/etc/nftables.conf" } },
  files: {
    "/etc/nftables.conf": {
      text: `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    tcp dport { 22, 80, 443 } ct state new accept
  }
}
`,
      mode: 0o755,
    },
  },
};

/** Rules as iptables-save prints them. */
export const filterRules = `*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
`;
export const natRules = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
`;
const stateRules = filterRules.replace("-m conntrack --ctstate", "-m state --state");
const openRules = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";

const tables = (...names: readonly string[]): KindFiles => ({
  "/proc/net/ip_tables_names": { text: names.map((name) => `${name}\n`).join(""), mode: 0o440 },
});

const rulesIn = (four: string, six: string): KindFiles => ({
  [four]: { text: filterRules, mode: 0o600 },
  [six]: { text: openRules, mode: 0o600 },
});

const debianRules = { 4: "/etc/iptables/rules.v4", 6: "/etc/iptables/rules.v6" } as const;

export const netfilterPersistent: FirewallShape = {
  services: [running("netfilter-persistent")],
  firewall: { loads: ["xt_conntrack 1"], unloads: false, reloadsFrom: [], saved: debianRules },
  files: { ...tables("filter"), ...rulesIn(debianRules[4], debianRules[6]) },
};

const userRules = (prefix: string): string =>
  `*filter\n:${prefix}-user-input - [0:0]\n-A ${prefix}-user-input -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n`;

/** A packet filter; with `nat` it also hides a network behind one address. */
export const ufw = ({ nat = false } = {}): FirewallShape => ({
  services: [running("ufw")],
  firewall: {
    loads: nat ? ["xt_conntrack 14", "xt_MASQUERADE 1"] : ["xt_conntrack 14"],
    ...{ unloads: false, reloadsFrom: [], saved: { 4: "/etc/ufw/user.rules", 6: "/etc/ufw/user6.rules" } },
  },
  files: {
    ...tables("filter", ...(nat ? ["nat"] : [])),
    "/proc/net/ip6_tables_names": { text: "filter\n", mode: 0o440 },
    "/etc/ufw/user.rules": { text: userRules("ufw"), mode: 0o640 },
    "/etc/ufw/user6.rules": { text: userRules("ufw6"), mode: 0o640 },
    "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
    "/etc/ufw/sysctl.conf": "net/ipv4/tcp_syncookies=1\nnet/ipv4/conf/all/rp_filter=1\n",
    "/etc/default/ufw": 'IPT_SYSCTL=/etc/ufw/sysctl.conf\nIPT_MODULES=""\n',
    "/etc/ufw/before.rules": {
      text: `${nat ? natRules : ""}*filter\n-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n`,
      mode: 0o640,
    },
  },
});

/** `cleansUp`: does a stop unload the modules, as CleanupModulesOnExit says? It was the rule before 0.9. */
export const firewalld = ({ cleansUp, loads }: { cleansUp: boolean; loads: readonly string[] }): FirewallShape => ({
  services: [running("firewalld")],
  firewall: { loads, unloads: cleansUp, reloadsFrom: [] },
  files: {
    "/etc/firewalld/firewalld.conf": `# firewalld config file\nDefaultZone=public\nCleanupOnExit=yes\n${
      cleansUp ? "" : "CleanupModulesOnExit=no\n"
    }FirewallBackend=${cleansUp ? "iptables" : "nftables"}\n`,
  },
});

const elRules = { 4: "/etc/sysconfig/iptables", 6: "/etc/sysconfig/ip6tables" } as const;

/** The admin's file of iptables-services, with the names that it has on old and on newer kernels. */
export const iptablesConfig = (helper = "nf_conntrack_ftp"): string => `# Load additional iptables modules (nat helpers)
IPTABLES_MODULES="${helper}"
# Save current firewall rules on stop.
IPTABLES_SAVE_ON_STOP="no"
IPTABLES_STATUS_NUMERIC="yes"
`;

/** What the package's start script does with IPTABLES_SYSCTL_LOAD_LIST. */
const startScript = (files: readonly string[]): string => `#!/bin/sh
# IPTABLES_MODULES_UNLOAD: unload modules on restart and stop
IPTABLES_MODULES_UNLOAD="yes"
. /etc/sysconfig/iptables-config
for item in $IPTABLES_SYSCTL_LOAD_LIST; do
  fgrep -hs "$item" ${files.join(" ")} | sysctl -p - >/dev/null
done
`;

/** Enterprise Linux; `reloadsFrom` is what tells the package's versions apart (DOMAIN, iptables-services). */
export const iptablesServices = (request: {
  readonly script: string;
  readonly loads: readonly string[];
  readonly reloadsFrom: readonly string[];
  readonly config?: string;
}): FirewallShape => ({
  services: [running("iptables")],
  firewall: { loads: request.loads, unloads: true, reloadsFrom: request.reloadsFrom, saved: elRules },
  files: {
    ...tables("filter"),
    "/etc/sysconfig/iptables-config": { text: request.config ?? iptablesConfig(), mode: 0o600 },
    [request.script]: { text: startScript(request.reloadsFrom), mode: 0o755 },
    [elRules[4]]: { text: stateRules, mode: 0o600 },
    [elRules[6]]: { text: openRules, mode: 0o600 },
  },
});

export const el7Script = "/usr/libexec/iptables/iptables.init";
export const el6Script = "/etc/rc.d/init.d/iptables";
