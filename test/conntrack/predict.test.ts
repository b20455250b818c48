import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { settingKey } from "../../src/conntrack/keys.ts";
import {
  factsAfter,
  type Predicted,
  type Prediction,
  predictBoot,
  predictRestart,
} from "../../src/conntrack/predict.ts";
import type { HostPath } from "../../src/model/brand.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

type Expected = number | "unknown";
type Case = {
  readonly name: string;
  readonly host: HostStory;
  readonly loaded?: string;
  readonly why?: string;
  readonly max?: Expected;
  readonly buckets?: Expected;
  /** By short name. */
  readonly keys?: { readonly [name: string]: Expected };
  readonly because?: string;
  readonly none?: boolean;
};

const casesIn = (file: string): readonly (readonly [string, Case])[] =>
  (parse(readFileSync(join(import.meta.dirname, "../cases/boot", file), "utf8")) as readonly Case[]).map((one) => [
    one.name,
    one,
  ]);

const valueOf = (one: Predicted | undefined): Expected | undefined =>
  one === undefined ? undefined : (one.value ?? "unknown");

const check = (prediction: Prediction, { loaded, why, max, buckets, keys = {}, because, host }: Case) => {
  if (loaded !== undefined) expect(prediction.loaded.when).toBe(loaded);
  if (why !== undefined) expect(prediction.loaded.because).toContain(why);
  if (max !== undefined) expect(valueOf(prediction.max), prediction.max.because).toBe(max);
  if (buckets !== undefined) expect(valueOf(prediction.buckets), prediction.buckets.because).toBe(buckets);
  for (const [name, value] of Object.entries(keys))
    expect(valueOf(prediction.keys.get(settingKey(host.family ?? "nf", name))), name).toBe(value);
  if (because !== undefined) expect(prediction.max.because).toMatch(new RegExp(because));
};

describe("the next boot", () => {
  it.each(casesIn("boot.yaml"))("%s", (_, one) => {
    check(predictBoot(factsOf(one.host)), one);
  });
});

describe("the next restart of the firewall", () => {
  const live = { max: 900000, buckets: 225280, keys: { tcp_timeout_established: 54000 } };
  it.each(casesIn("restart.yaml"))("%s", (_, one) => {
    const prediction = predictRestart(factsOf({ ...live, ...one.host }));
    expect(prediction === undefined).toBe(one.none ?? false);
    if (prediction !== undefined) check(prediction, one);
  });
});

describe("the host after a plan's files", () => {
  const sysctl = "net.netfilter.nf_conntrack_max = 1\n";
  const after = (host: HostStory, edits: Record<string, string | undefined>) =>
    predictBoot(factsAfter(factsOf({ state: "builtin", ...host }), new Map(Object.entries(edits)))).max.value;
  it("has new files, and has no longer those that go", () => {
    expect(after({}, { "/etc/sysctl.d/a.conf": sysctl })).toBe(1);
    expect(after({ files: { "/etc/sysctl.d/a.conf": sysctl } }, { "/etc/sysctl.d/a.conf": undefined })).toBe(262144);
  });
  it("sees a vendor's file again once the one that hid it has gone", () => {
    const files = { "/etc/sysctl.d/a.conf": "# nothing\n", "/usr/lib/sysctl.d/a.conf": sysctl };
    expect(after({ files }, {})).toBe(262144);
    expect(after({ files }, { "/etc/sysctl.d/a.conf": undefined })).toBe(1);
  });
  it("has the new text under the link of /etc/sysctl.conf too", () => {
    const files = { "/etc/sysctl.conf": "", "/etc/sysctl.d/99-sysctl.conf": "" };
    expect(after({ files }, { "/etc/sysctl.conf": sysctl })).toBe(1);
    expect(after({ files: { "/etc/sysctl.conf": "" } }, { "/etc/sysctl.conf": sysctl })).toBe(262144);
  });
  it("has an initramfs that is older than a new file of modprobe.d", () => {
    const loads = [{ file: "/etc/initramfs-tools/modules", line: 1, text: "nf_conntrack" }];
    const facts = factsOf({ bootImage: { path: "/boot/initrd.img", loads } });
    const edits = new Map([["/etc/modprobe.d/c.conf", "options nf_conntrack hashsize=8192\n"]]);
    expect(predictBoot(facts).buckets.value).toBe(262144);
    expect(predictBoot(factsAfter(facts, edits)).buckets.value).toBeUndefined();
  });
  it("has an initramfs that is as new as it was where the plan's files stand already", () => {
    const loads = [{ file: "/etc/initramfs-tools/modules", line: 1, text: "nf_conntrack" }];
    const edits = new Map([
      ["/etc/modprobe.d/c.conf", "options nf_conntrack hashsize=8192\n"],
      ["/etc/modprobe.d/older.conf", undefined],
    ]);
    const files = { "/etc/modprobe.d/c.conf": "options nf_conntrack hashsize=8192\n" };
    const facts = factsOf({ bootImage: { path: "/boot/initrd.img", loads }, files }, [...edits.keys()] as HostPath[]);
    expect(predictBoot(factsAfter(facts, edits)).buckets.value).toBe(8192);
  });
});
