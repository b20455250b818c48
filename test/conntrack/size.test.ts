import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketsRatio, classicMax, roundBuckets, ruleSize, significant } from "../../src/conntrack/size.ts";
import type { SizeRule } from "../../src/model/play.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

const limits = { bucketsRatio: undefined, floor: 1, ceiling: 2 ** 31, tolerance: 0.1, guard: 0.25 };
const memory: SizeRule = { ...limits, rule: "memory", share: 0.05 };
const classic: SizeRule = { ...limits, rule: "classic" };
const cores: SizeRule = { ...limits, rule: "cores", perCore: 32768, minimum: 131072 };
const sized = (rule: SizeRule, story: HostStory) => {
  const size = ruleSize(rule, factsOf(story));
  return size.kind === "sized" ? size.max : size.because;
};

describe("the size that a rule gives", () => {
  it("is the runbook's number for classic on 60 GiB", () => {
    expect(sized(classic, { memoryMiB: 60100, installedMiB: 61440 })).toBe(1966080);
    expect(roundBuckets(1966080 / bucketsRatio(classic, factsOf({})), factsOf({}))).toBe(245760);
  });
  it("halves for classic on 64 bits against 32", () => {
    expect(classicMax(2 ** 32, 32)).toBe(2 * classicMax(2 ** 32, 64));
  });
  it("is kube-proxy's for cores", () => {
    expect(sized(cores, { cpus: 2 })).toBe(131072);
    expect(sized(cores, { cpus: 16 })).toBe(16 * 32768);
  });
  it("is a share of memory by the measured size of an entry", () => {
    expect(sized(memory, { memoryMiB: 8192, objectSize: 256 })).toBe(significant((8192 * 2 ** 20 * 0.05) / 256));
    expect(sized(memory, { memoryMiB: 8192, objectSize: 320 })).toBe(significant((8192 * 2 ** 20 * 0.05) / 320));
  });
  it("takes the larger estimate of an old kernel's entry where it cannot be read", () => {
    const old = sized(memory, { kernel: "4.18.0-305.el8", objectSize: "unreadable" });
    expect(old).toBe(significant((8192 * 2 ** 20 * 0.05) / 320));
  });
  it("stays between floor and ceiling", () => {
    expect(sized({ ...memory, ceiling: 1000 }, {})).toBe(1000);
    expect(sized({ ...memory, floor: 5_000_000 }, {})).toBe(5_000_000);
  });
  it("is exact for fixed, whatever the host", () => {
    expect(sized({ ...limits, rule: "fixed", max: 123_457, buckets: undefined }, { memoryMiB: 512 })).toBe(123_457);
  });
});

describe("rounding", () => {
  it("keeps 5 significant bits and never rounds up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (value) => {
        const rounded = significant(value);
        expect(rounded).toBeLessThanOrEqual(value);
        expect(rounded).toBeGreaterThan(value * (1 - 1 / 16) - 1);
        expect(rounded.toString(2).replace(/0+$/, "").length).toBeLessThanOrEqual(5);
        expect(significant(rounded)).toBe(rounded);
      }),
    );
  });
  it("takes buckets up to whole pages: 512 on 4K, 8192 on 64K, 1024 on 32 bits", () => {
    expect(roundBuckets(1, factsOf({}))).toBe(512);
    expect(roundBuckets(513, factsOf({}))).toBe(1024);
    expect(roundBuckets(513, factsOf({ pageSize: 65536 }))).toBe(8192);
    expect(roundBuckets(513, factsOf({ wordBits: 32 }))).toBe(1024);
  });
});

describe("entries per bucket", () => {
  it.each([
    ["6.1.0-18-amd64", 1],
    ["5.15.0-91-generic", 1],
    ["5.14.0-362.el9", 4],
    ["3.10.0-1160.el7", 4],
    ["unknown", 4],
  ])("are by the kernel: %s has %i", (kernel, ratio) => {
    expect(bucketsRatio(memory, factsOf({ kernel }))).toBe(ratio);
  });
  it("are 8 for classic, and what the play says before all", () => {
    expect(bucketsRatio(classic, factsOf({}))).toBe(8);
    expect(bucketsRatio({ ...classic, bucketsRatio: 2 }, factsOf({}))).toBe(2);
  });
});
