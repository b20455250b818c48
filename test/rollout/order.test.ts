import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { HostOrder } from "../../src/model/play.ts";
import { inOrder } from "../../src/rollout/order.ts";

type Case = { readonly order: HostOrder; readonly seed?: number; readonly gives: string };

const cases = parse(readFileSync(join(import.meta.dirname, "../cases/rollout/order.yaml"), "utf8")) as readonly Case[];

const ordered = (hosts: readonly string[], order: HostOrder, seed: number) =>
  inOrder(hosts, { order, seed, nameOf: (name) => name });

describe("the order of hosts", () => {
  it.each(cases)("$order $seed gives $gives", ({ order, seed = 0, gives }) => {
    expect(ordered(["web10", "web2", "db1", "web1", "Web1"], order, seed).join(" ")).toBe(gives);
  });

  it("shuffled holds every host once, and depends on the names and the seed alone", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer(), (hosts, seed) => {
        const shuffled = ordered(hosts, "shuffle", seed);
        expect(shuffled.toSorted()).toEqual(hosts.toSorted());
        expect(ordered(hosts.toReversed(), "shuffle", seed)).toEqual(shuffled);
      }),
    );
  });

  it("shuffled puts every host first about equally often", () => {
    const hosts = ["a", "b", "c", "d", "e"];
    const firsts = Array.from({ length: 5000 }, (_, seed) => ordered(hosts, "shuffle", seed)[0]);
    for (const host of hosts) {
      const often = firsts.filter((one) => one === host).length;
      expect(often).toBeGreaterThan(900);
      expect(often).toBeLessThan(1100);
    }
  });
});
