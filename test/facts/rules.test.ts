import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isConfigLine } from "../../src/facts/config-lines.ts";
import { parseFacts } from "../../src/facts/parse.ts";
import { isRuleFile, isTrackingRule } from "../../src/facts/rules.ts";
import { asNobody, oddFolder, probe, request, runProbe, shellNames } from "./probing.ts";

const needs = [
  "*nat",
  "-A INPUT -m state --state NEW -j ACCEPT",
  "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  "-A INPUT -p tcp -m connlimit --connlimit-above 9 -j DROP",
  "-A PREROUTING -m connmark --mark 1 -j ACCEPT",
  "-A INPUT -m helper --helper ftp -j ACCEPT",
  "-A POSTROUTING -o eth0 -j MASQUERADE",
  "-A POSTROUTING -j SNAT --to-source 192.0.2.1",
  "-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1",
  "-A PREROUTING -p tcp -j REDIRECT --to-ports 8080",
  "-A PREROUTING -j NETMAP --to 10.0.0.0/24",
  "-A PREROUTING -j CONNMARK --restore-mark",
  "-A PREROUTING -p udp -j CT --notrack",
  "-A PREROUTING -j NOTRACK",
  "\tct state established,related accept",
  "ct original saddr 10.0.0.1 drop",
  "  udp dport 53 notrack",
  "  oifname wan masquerade random",
  "  ip daddr 192.0.2.1 dnat to 10.0.0.1",
  "  tcp dport 80 redirect to :8080",
  "  type nat hook prerouting priority -100;",
  "  ip protocol tcp flow offload @f",
  "  ip protocol tcp flow add @f",
  "  tcp dport 80 synproxy mss 1460",
  "mod state state (ESTABLISHED RELATED) ACCEPT;",
  "  <masquerade/>",
  '  <forward-port port="80" protocol="tcp"/>',
];

const idle = [
  "# -A INPUT -m state --state NEW -j ACCEPT",
  '-A INPUT -m comment --comment "ct state NEW, then MASQUERADE" -j ACCEPT',
  "*filter",
  ":FORWARD ACCEPT [0:0]",
  "-A INPUT -m recent --name direct -j ACCEPT",
  "  tcp dport 22 accept # was: ct state new",
  "  type filter hook input priority 0;",
  "  ether type arp accept",
  "  fib daddr type local accept",
  '  <service name="ssh"/>',
];

describe("a saved rule", () => {
  it.each(needs)("needs connection tracking: %s", (text) => expect(isTrackingRule({ text })).toBe(true));
  it.each(idle)("does not need it: %s", (text) => expect(isTrackingRule({ text })).toBe(false));
});

const telling: { readonly [file: string]: readonly string[] } = {
  "/etc/sysctl.d/a.conf": ["net.netfilter.nf_conntrack_max=1", "net/netfilter/nf_conntrack_max=1", "-net.*.nf_ct*=1"],
  "/etc/sysconfig/iptables-config": ['IPTABLES_SYSCTL_LOAD_LIST=""', 'IPTABLES_MODULES_UNLOAD="yes"'],
  "/usr/libexec/iptables/iptables.init": ["fgrep -hs $item /etc/sysctl.d/*.conf \\", "  | sysctl -p - >/dev/null"],
  "/etc/default/ufw": ["IPT_SYSCTL=/etc/ufw/sysctl.conf", 'IPT_MODULES=""'],
  "/etc/modules": ["iptable_nat", "nft_ct", "xt_MASQUERADE", "ip_vs", "openvswitch"],
  "/etc/conf.d/modules": ['modules="ip_vs"'],
  "/etc/firewalld/firewalld.conf": ["CleanupModulesOnExit=no", "CleanupOnExit=yes"],
  "/etc/tuned/tuned-main.conf": ["reapply_sysctl = 1"],
  "/var/lib/kube-proxy/config.conf": [
    "conntrack:",
    "  maxPerCore: 0",
    "  min: 131072",
    "  tcpCloseWaitTimeout: 1h0m0s",
  ],
  "/etc/rc.local": ["sysctl -p", "ip6tables-restore </etc/rules", "/usr/lib/systemd/systemd-sysctl"],
  "/etc/udev/rules.d/a.rules": ['ACTION=="add", SUBSYSTEM=="module", RUN+="/sbin/sysctl --system"'],
};

describe.each(shellNames)("the probe's patterns under %s", (shell) => {
  const root = oddFolder();
  const write = (file: string, lines: readonly string[]) => {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), lines.map((line) => `${line}\n`).join(""));
  };
  write("/etc/nftables/all.nft", [...idle]);
  needs.forEach((line, at) => write(`/etc/nftables.d/${at}`, [line]));
  for (const [file, lines] of Object.entries(telling)) write(file, lines);
  const facts = probe(request({ root }), { shell });

  it("find every line that counts, and what does not count is left out", () => {
    expect(facts.rules.saved.map(({ text }) => text).toSorted()).toEqual(needs.toSorted());
    for (const [file, lines] of Object.entries(telling)) {
      expect(lines.filter((text) => !isConfigLine({ file, text }))).toEqual([]);
      expect(facts.config.lines.filter((line) => line.file === file).map(({ text }) => text)).toEqual(lines);
    }
  });

  it("look where the rules are", () => {
    expect(facts.config.files.filter(isRuleFile)).toEqual([]);
    expect(facts.rules.saved.filter(({ file }) => !isRuleFile(file))).toEqual([]);
  });
});

describe("saved rules", () => {
  it("are capped for each file, however many there are", () => {
    const root = oddFolder();
    mkdirSync(join(root, "etc/iptables"), { recursive: true });
    const rule = "-A INPUT -m state --state NEW -j ACCEPT\n";
    for (const name of ["rules.v4", "rules.v6"]) writeFileSync(join(root, "etc/iptables", name), rule.repeat(50_000));
    const { saved } = probe(request({ root }), { shell: "dash" }).rules;
    expect(saved.filter(({ file }) => file.endsWith("v4")).length).toBe(20);
    expect(saved.filter(({ file }) => file.endsWith("v6")).length).toBe(20);
  });
});

describe("tables of rules, with real ones in a network namespace of their own", () => {
  /** Facts as the probe gives them in that namespace, behind some commands. */
  const factsAfter = (commands: string, under = "") => {
    const script = `${commands}\nexec ${under} "$@"`;
    const wanted = request();
    const run = runProbe(wanted, { shell: "dash", under: ["unshare", "--net", "sh", "-c", script, "sh"] });
    const parsed = parseFacts(run, wanted);
    if (parsed.kind === "garbled") throw new Error(parsed.because);
    return parsed.facts.rules;
  };
  const rules = "iptables-legacy -t nat -A POSTROUTING -j MASQUERADE; ip6tables-legacy -t raw -L >/dev/null";

  it("are those of both families", () => {
    expect(factsAfter("").tables).toEqual({ kind: "read", value: [] });
    expect(factsAfter(rules).tables).toEqual({ kind: "read", value: ["nat", "raw"] });
  });

  it("are unreadable without root, neither absent nor none", () => {
    expect(factsAfter(rules, asNobody.join(" ")).tables.kind).toBe("unreadable");
  });
});
