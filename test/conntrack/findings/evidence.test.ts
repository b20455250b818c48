import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditHost } from "../../../src/conntrack/findings/audit.ts";
import { afterEvents } from "../../../src/conntrack/findings/events.ts";
import type { HostName } from "../../../src/model/brand.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { HostReport } from "../../../src/model/outcome.ts";

import { jsonReport } from "../../../src/report/json.ts";
import { textReport } from "../../../src/report/text.ts";
import { factsOf } from "../../support/facts.ts";
import type { HostStory } from "../../support/host-story.ts";

const plain = (text: string): string => text;
const colours = { good: plain, changed: plain, warning: plain, bad: plain, faint: plain, bold: plain };

const findingsOf = (story: HostStory): readonly Finding[] => {
  const now = factsOf(story);
  const desired = { max: 77, buckets: undefined, timeouts: new Map(), keys: new Map() };
  return [...auditHost(now), ...afterEvents({ desired, now, after: now })];
};

/** Texts as a host may send them: escapes, bidirectional marks, quotes, lone surrogates. */
const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("\u001b]0;x\u0007", "\u202egnp", "\r\n", "\u0085", "\u009b31m"),
);

const story: fc.Arbitrary<HostStory> = fc.record({
  files: fc
    .array(
      fc.tuple(
        fc.constantFrom("/etc/sysctl.d/", "/etc/modprobe.d/", "/etc/ufw/", "/etc/cloud/", "/etc/tuned/x/"),
        odd,
        fc.constantFrom("net.netfilter.nf_conntrack_", "options nf_conntrack ", "max = 5", "hashsize=", "count = "),
        odd,
      ),
      { maxLength: 6 },
    )
    .map((all) =>
      Object.fromEntries(
        all.map(([folder, name, start, end]) => [`${folder}${name}.conf`, `${start}max = 1${end}\n${start}${end}\n`]),
      ),
    ),
  inhibitors: fc.array(fc.record({ who: odd, why: odd }), { maxLength: 2 }),
  packageWork: fc.array(odd, { maxLength: 2 }),
  rivals: fc.array(fc.constantFrom("kube-proxy", "tuned", "dockerd"), { maxLength: 3 }),
  firewall: fc.constantFrom("none", "ufw", "iptables-services", "firewalld"),
  closed: fc.array(odd, { maxLength: 2 }),
});

const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe("evidence from a hostile host", () => {
  it("reaches neither terminal nor JSON with a control character, and stays on one line", () => {
    fc.assert(
      fc.property(story, (told) => {
        const findings = findingsOf(told);
        const host: HostReport = { name: "web1" as HostName, outcome: { kind: "compliant" }, findings };
        const text = textReport([host], { colours, diffs: true, from: "info", brief: false, fold: false });
        const json = jsonReport({ command: "audit", run: "r", exit: 0, hosts: [host] });
        expect(unsafe.exec(text)).toBeNull();
        expect(unsafe.exec(json)).toBeNull();
        const remedies = findings.filter(({ severity }) => severity !== "info").length;
        expect(text.split("\n")).toHaveLength(1 + findings.length + remedies + 3);
      }),
      { numRuns: 60 },
    );
  });
});
