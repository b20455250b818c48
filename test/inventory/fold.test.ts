import fc from "fast-check";
import { expect, it } from "vitest";
import { foldNames, unfoldNames } from "../../src/inventory/fold.ts";

it.each([
  ["web1 web2 web3", "web[1-3]"],
  ["web01 web02 web20 web22 db1", "web[01-02,20,22],db1"],
  ["n9 n10 n11", "n[9-11]"],
  ["n1 n01 n2 n02", "n[1-2,01-02]"],
  ["n08 n09 n10", "n[08-10]"],
  ["n99 n100", "n[99-100]"],
  ["n099 n100 n1000", "n[099-100,1000]"],
  ["r1n1 r1n2 r2n1", "r1n[1-2],r2n1"],
  ["web1.dc1.example.net web2.dc1.example.net", "web[1-2].dc1.example.net"],
  ["10.0.0.1 10.0.0.2 10.0.1.1", "10.0.0.[1-2],10.0.1.1"],
  ["2001:db8::7 2001:db8::8", "2001:db8::[7-8]"],
  ["a b", "a,b"],
  ["web7", "web7"],
  ["7 8", "[7-8]"],
  ["", ""],
])("folds %s", (names, folded) => {
  expect(foldNames(names.split(" ").filter((name) => name !== ""))).toBe(folded);
});

it("unfolds to the same set, whatever the names", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "b", "-", ".", ":", "0", "1", "2", "9"),
    minLength: 1,
    maxLength: 8,
  });
  const names = fc.uniqueArray(name, { maxLength: 40 });
  fc.assert(
    fc.property(names, (some) => {
      const back = unfoldNames(foldNames(some));
      expect([...(back ?? [])].sort()).toEqual([...some].sort());
    }),
    { numRuns: 2_000 },
  );
});

it("is much shorter than the names of a fleet", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `web${String(at).padStart(5, "0")}.example.net`);
  expect(foldNames(names.reverse())).toBe("web[00000-09999].example.net");
});

it.each(["a[", "a]", "a[1", "a[1-]", "a[2-1]", "a[1]b[2]", "a,,b", "n[0-99999999999]"])(
  "does not unfold %s",
  (text) => {
    expect(unfoldNames(text)).toBeUndefined();
  },
);
