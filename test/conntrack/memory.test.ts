import { describe, expect, it } from "vitest";
import { tableBytes } from "../../src/conntrack/memory.ts";
import { factsOf } from "../support/facts.ts";

describe("the memory of a full table", () => {
  it("is 256 bytes an entry and 8 a bucket on a plain 6.1 kernel, as was measured", () => {
    expect(tableBytes(factsOf({ objectSize: 256 }), { max: 98_998, buckets: 65_536 })).toBe(98_998 * 256 + 65_536 * 8);
  });
  it("counts a second table and an extension for NAT", () => {
    const plain = tableBytes(factsOf({}), { max: 1000, buckets: 1024 });
    const nat = tableBytes(factsOf({ nat: true }), { max: 1000, buckets: 1024 });
    expect(nat - plain).toBe(1000 * 64 + 1024 * 8);
  });
  it("counts accounting", () => {
    const on = factsOf({ keys: { acct: 1 } });
    expect(tableBytes(on, { max: 1000, buckets: 0 })).toBeGreaterThan(
      tableBytes(factsOf({}), { max: 1000, buckets: 0 }),
    );
  });
});
