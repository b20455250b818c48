import { describe, expect, it } from "vitest";
import { auditHost } from "../../src/conntrack/findings/audit.ts";
import { predictBoot, predictRestart } from "../../src/conntrack/predict.ts";
import { unloading } from "../../src/conntrack/unload.ts";
import { isConfigLine } from "../../src/facts/config-lines.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

const predictAll = (story: HostStory) => {
  const facts = factsOf({ firewall: "iptables-services", os: "rocky", rivals: ["tuned", "kube-proxy"], ...story });
  predictBoot(facts);
  predictRestart(facts);
  auditHost(facts);
};
const lines = (n: number, line: (index: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join("\n");
const config = (setting: string) => ({ "/etc/sysconfig/iptables-config": setting });
const list = config('IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"\n');
const sysctl = (n: number) => lines(n, (i) => `net.netfilter.nf_conntrack_max = ${i}`);
const udev = (i: number) =>
  `ACTION=="add", SUBSYSTEM=="module", KERNEL=="nf_conntrack", RUN+="/lib/systemd/systemd-sysctl --prefix=/net/${i}"`;
const rcLocal = (text: string) => predictAll({ files: { "/etc/rc.local": text } });
const chain = (n: number) =>
  Object.fromEntries([
    ["nf_conntrack", ["m0"]],
    ...Array.from({ length: n }, (_, i) => [`m${i}`, i + 1 < n ? [`m${i + 1}`] : []]),
  ]) as NonNullable<HostStory["modules"]>;

/** Work on host text of a size: letters, or lines of each sort. */
const work: readonly (readonly [string, number, (n: number) => void])[] = [
  [
    "a start script's line of greps",
    900,
    (n) => predictAll({ files: { ...list, "/etc/init.d/iptables": `# sysctl\nsysctl ${"grep $item ".repeat(n)}\n` } }),
  ],
  ["rc.local's line of sysctls", 1200, (n) => rcLocal(`${"sysctl -sysctl conntrack".repeat(n)}\n`)],
  ["rc.local's line of one long word", 9000, (n) => rcLocal(`sysctl conntrack${"a".repeat(n)}\n`)],
  [
    "blanks within a setting",
    9000,
    (n) => predictAll({ files: { "/etc/sysctl.conf": `a${" ".repeat(n)}conntrack=1\n` } }),
  ],
  ["a glob of brackets", 9000, (n) => predictAll({ files: { "/etc/sysctl.d/a.conf": `net.]${"[".repeat(n)}=1\n` } })],
  [
    "udev rules and sysctl lines",
    400,
    (n) =>
      predictAll({
        state: "module",
        files: { "/etc/udev/rules.d/a.rules": lines(n, udev), "/etc/sysctl.d/a.conf": sysctl(n) },
      }),
  ],
  [
    "items of a list and sysctl lines",
    400,
    (n) =>
      predictAll({
        files: {
          ...config(`IPTABLES_SYSCTL_LOAD_LIST="${lines(n, () => ".nf_").replaceAll("\n", " ")}"\n`),
          "/etc/sysctl.d/a.conf": sysctl(n),
        },
      }),
  ],
  [
    "sysctl -p of rc.local",
    400,
    (n) =>
      predictAll({
        files: { "/etc/rc.local": lines(n, () => "sysctl -p # conntrack"), "/etc/sysctl.conf": sysctl(n) },
      }),
  ],
  ["a chain of modules", 1000, (n) => unloading(factsOf({ modules: chain(n) }), "nf_conntrack")],
  [
    "a line that may tell of kube-proxy",
    1500,
    (n) => isConfigLine({ file: "/etc/kube-proxy", text: "tcpX".repeat(n) }),
  ],
  [
    "a udev rule that may tell",
    500,
    (n) => isConfigLine({ file: "/etc/udev/rules.d/a.rules", text: 'SUBSYSTEM=="module"'.repeat(n) }),
  ],
];

/** The least of a few measurements: what else runs here only ever adds. */
const taken = (run: () => void): number =>
  Math.min(
    ...Array.from({ length: 3 }, () => {
      const start = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(start);
      return user + system;
    }),
  );

describe("four times the host's text takes nowhere near sixteen times as long", () => {
  it.each(work)("%s", (_, size, run) => {
    run(size);
    // What takes less than a few milliseconds is no measure.
    const least = 4000;
    expect(
      taken(() => run(4 * size)) /
        Math.max(
          least,
          taken(() => run(size)),
        ),
    ).toBeLessThan(11);
  });
});

it("names ten places of thousands, and says how many more there are", () => {
  const files = { "/etc/sysctl.d/a.conf": lines(5000, () => "net.netfilter.nf_conntrack_count = x") };
  const found = auditHost(factsOf({ files })).find(({ code }) => code === "CT401");
  expect(found?.evidence).toMatch(/a\.conf:10 \S+ and 4990 more$/);
});
