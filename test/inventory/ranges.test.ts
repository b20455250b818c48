import fc from "fast-check";
import { expect, it } from "vitest";
import { expandRanges } from "../../src/inventory/ranges.ts";

const names = (pattern: string): readonly string[] => {
  const result = expandRanges(pattern);
  if (result.kind === "fault") throw new Error(result.because);
  return result.names;
};

it.each([
  ["web", "web"],
  ["web[1:3]", "web1 web2 web3"],
  ["web[08:11].x", "web08.x web09.x web10.x web11.x"],
  ["db[a:c]", "dba dbb dbc"],
  ["n[1:10:4]", "n1 n5 n9"],
  ["r[1:2]n[a:b]", "r1na r1nb r2na r2nb"],
  ["n[:2]", "n0 n1 n2"],
  ["n[5:5]", "n5"],
])("expands %s", (pattern, expected) => expect(names(pattern)).toEqual(expected.split(" ")));

it.each(["n[1]", "n[]", "n[1:]", "n[1:2:3:4]", "n[a:3]", "n[1:2:-1]", "n[-1:2]", "n[b:a]"])("refuses %s", (pattern) => {
  expect(expandRanges(pattern).kind).toBe("fault");
});

it("has both ends in, and every step between", () => {
  const bounds = fc.tuple(fc.nat(5_000), fc.nat(500), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(bounds, ([from, more, step]) => {
      const found = names(`n[${from}:${from + more}:${step}]`).map((name) => Number(name.slice(1)));
      expect(found).toHaveLength(Math.floor(more / step) + 1);
      expect(found[0]).toBe(from);
      expect(found.every((one, at) => one === from + at * step)).toBe(true);
    }),
  );
});

it("never throws", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("[", "]", ":", "0", "9", "a", "Z", "-") }),
      (text) => void expandRanges(text),
    ),
  );
});
