import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditHost } from "../../../src/conntrack/findings/audit.ts";
import { afterEvents } from "../../../src/conntrack/findings/events.ts";
import { settingKey } from "../../../src/conntrack/keys.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { factsOf } from "../../support/facts.ts";
import type { HostStory } from "../../support/host-story.ts";

const max = "net.netfilter.nf_conntrack_max";

/** Files that overrule one another in every way that is known. */
const texts: readonly (readonly [path: string, text: string])[] = [
  ["/etc/sysctl.d/10-a.conf", `${max} = 131072\nnet.netfilter.nf_conntrack_tcp_timeout_established = 54000\n`],
  ["/etc/sysctl.d/99-z.conf", "net/nf_conntrack_max = 300000\n"],
  ["/etc/sysctl.conf", `${max} = 500000\n`],
  ["/etc/ufw/sysctl.conf", `${max} = 65536\n`],
  ["/etc/modprobe.d/nf_conntrack.conf", "options nf_conntrack hashsize=131072\n"],
  ["/etc/modprobe.d/nfconntrack.conf", "options nf_conntrack hashsize=65536\n"],
  ["/etc/modules-load.d/c.conf", "nf_conntrack\n"],
  ["/etc/tuned/mine/tuned.conf", `[net]\nnf_conntrack_hashsize=16384\n[sysctl]\n${max}=70000\n`],
  ["/etc/rc.local", "echo 32768 > /sys/module/nf_conntrack/parameters/hashsize\n"],
  ["/etc/firewalld/firewalld.conf", "CleanupModulesOnExit=yes\n"],
  ["/etc/sysconfig/iptables-config", 'IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"\nIPTABLES_MODULES_UNLOAD="yes"\n'],
];

const story: fc.Arbitrary<HostStory> = fc.record({
  files: fc.subarray([...texts]).map((chosen) => Object.fromEntries(chosen)),
  rivals: fc.subarray(["kube-proxy", "tuned", "dockerd"]),
  firewall: fc.constantFrom("none", "ufw", "firewalld", "iptables-services"),
  max: fc.constantFrom(65536, 131072, 262144, 300000, 500000),
  buckets: fc.constantFrom(16384, 65536, 131072, 262144),
  state: fc.constantFrom("module" as const, "builtin" as const, "unloaded" as const),
});

const wanted = fc.option(fc.constantFrom(131072, 300000, 500000), { nil: undefined });

/** Names of values that findings of these codes say will be others. */
const namesIn = (findings: readonly Finding[], codes: RegExp): readonly string[] =>
  findings
    .filter(({ code }) => codes.test(code))
    .flatMap(({ evidence }) => evidence.match(/(?:net\.[\w.]+|hashsize)(?= \d+, (?:after|by|wanted))/g) ?? []);

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];

describe("one cause, one finding", () => {
  it("tells of no value twice for the next boot, nor for the next restart of the firewall", () => {
    fc.assert(
      fc.property(story, wanted, (told, size) => {
        const now = factsOf(told);
        const keys = new Map(size === undefined ? [] : [[settingKey("nf", "max"), size] as const]);
        const desired = { max: size, buckets: undefined, timeouts: new Map(), keys };
        const findings = [...auditHost(now), ...afterEvents({ desired, now, after: now })];
        const atBoot = namesIn(findings, /^CT(?:202|204|207|301|302|306)$/);
        const atRestart = namesIn(findings, /^CT(?:203|208|305)$/);
        expect([atBoot, atRestart]).toEqual([distinct(atBoot), distinct(atRestart)]);
        const codes = findings.map(({ code }) => code);
        expect(codes).toEqual(distinct(codes));
      }),
      { numRuns: 300 },
    );
  });
});
