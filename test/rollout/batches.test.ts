import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchSize } from "../../src/model/play.ts";
import { batches, budgetHolds } from "../../src/rollout/batches.ts";

const n = (hosts: number): BatchSize => ({ kind: "count", hosts });
const p = (percent: number): BatchSize => ({ kind: "percent", percent });
const sizes = (hosts: number, ...serial: readonly BatchSize[]) =>
  batches(
    Array.from({ length: hosts }, (_, at) => at),
    serial,
  ).map((batch) => batch.length);

describe("batches", () => {
  it.each<[string, number, readonly BatchSize[], readonly number[]]>([
    ["no serial is one batch of all", 7, [], [7]],
    ["a number is used again and again", 7, [n(3)], [3, 3, 1]],
    ["a list ends with its last size", 10, [n(1), n(2)], [1, 2, 2, 2, 2, 1]],
    ["a percentage is of all hosts, rounded down", 10, [p(25)], [2, 2, 2, 2, 2]],
    ["a percentage is at least one host", 10, [p(1)], Array<number>(10).fill(1)],
    ["canary, a tenth, half", 40, [n(1), p(10), p(50)], [1, 4, 20, 15]],
    ["a batch larger than the fleet", 3, [n(50)], [3]],
    ["no hosts, no batches", 0, [n(2)], []],
  ])("%s", (_, hosts, serial, expected) => {
    expect(sizes(hosts, ...serial)).toEqual(expected);
  });
  it("hold every host once, in order", () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 50 }).map(n), fc.integer({ min: 1, max: 100 }).map(p));
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 200 }), fc.array(size, { maxLength: 4 }), (hosts, serial) => {
        expect(batches(hosts, serial).flat()).toEqual(hosts);
      }),
    );
  });
});

describe("the budget of a batch", () => {
  it.each([
    [10, 0, 0, true],
    [10, 1, 0, false],
    [10, 3, 30, true],
    [10, 4, 30, false],
    [3, 1, 33, false],
    [3, 1, 34, true],
    [1, 1, 100, true],
  ])("of %i hosts with %i failed at max_fail_percentage %i holds: %s", (hosts, failed, percent, holds) => {
    expect(budgetHolds({ hosts, failed }, percent)).toBe(holds);
  });
});
