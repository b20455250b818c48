import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unloading } from "../../src/conntrack/unload.ts";
import type { LoadedModule } from "../../src/model/facts.ts";
import { read, unreadable } from "../../src/model/reading.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

const factsWith = (loaded: readonly LoadedModule[]) => ({
  ...factsOf({}),
  modules: { loaded: read(loaded), locked: read(false) },
});
const orderOf = (modules: NonNullable<HostStory["modules"]>, module = "nf_conntrack") =>
  unloading(factsOf({ modules }), module);

/** Any list of modules: users have higher numbers, so that there is no circle; some are held from outside. */
const graphs = fc
  .record({
    uses: fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 14 }),
    held: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 2), { minLength: 14, maxLength: 14 }),
    target: fc.nat(),
    shuffle: fc.array(fc.nat(), { minLength: 14, maxLength: 14 }),
  })
  .map(({ uses, held, target, shuffle }) => {
    const at = target % uses.length;
    const nameOf = (index: number) => (index === at ? "nf_conntrack" : `m${index}`);
    const users = uses.map((_, index) =>
      uses.flatMap((used, user) => (used.some((one) => user > 0 && one % user === index) ? [nameOf(user)] : [])),
    );
    const modules = users.map((usedBy, index) => ({
      name: nameOf(index),
      references: usedBy.length + (held[index] ?? 0),
      usedBy,
    }));
    return modules
      .map((module, index) => ({ module, key: shuffle[index] ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ module }) => module);
  });

/** What `modprobe -r` meets: each module in turn must have nothing left that uses it. */
const unloadAll = (modules: readonly LoadedModule[], order: readonly string[]): readonly string[] => {
  const gone = new Set<string>();
  return order.filter((name) => {
    const one = modules.find((module) => module.name === name);
    const left = one === undefined ? 1 : one.references - one.usedBy.filter((user) => gone.has(user)).length;
    gone.add(name);
    return left > 0;
  });
};

const usersOf = (modules: readonly LoadedModule[], name: string): ReadonlySet<string> => {
  const users = modules.find((module) => module.name === name)?.usedBy ?? [];
  return new Set([name, ...users.flatMap((user) => [...usersOf(modules, user)])]);
};

const find = (modules: readonly LoadedModule[], name: string) => modules.find((module) => module.name === name)!;

it("unloads any modules in an order that works, all that must go and nothing foreign", () => {
  fc.assert(
    fc.property(graphs, (modules) => {
      const how = unloading(factsWith(modules), "nf_conntrack");
      const going = usersOf(modules, "nf_conntrack");
      const isHeld = [...going].some((name) => find(modules, name).references > find(modules, name).usedBy.length);
      expect(how.kind).toBe(isHeld ? "in_use" : "order");
      if (how.kind !== "order") return;
      expect(unloadAll(modules, how.unload)).toEqual([]);
      expect(new Set(how.unload).size).toBe(how.unload.length);
      expect(how.unload).toEqual(expect.arrayContaining([...going]));
      const others = how.unload.filter((name) => !going.has(name));
      for (const name of others) {
        expect(find(modules, name).usedBy).not.toEqual([]);
        expect(how.unload).toEqual(expect.arrayContaining([...find(modules, name).usedBy]));
        expect([...usersOf(modules, name)]).toContain("nf_conntrack");
      }
      // Loading again: what a module uses is there before it.
      expect(new Set(how.load)).toEqual(going);
      how.load.forEach((name, at) => {
        for (const later of how.load.slice(at)) expect(find(modules, later).usedBy).not.toContain(name);
      });
    }),
    { numRuns: 500 },
  );
});

describe("the order of unloading", () => {
  it("is users first, then conntrack, then what it alone has brought", () => {
    const modules = {
      libcrc32c: ["nf_conntrack", "nf_nat"],
      nf_defrag_ipv4: ["nf_conntrack"],
      nf_defrag_ipv6: ["nf_conntrack"],
      nf_conntrack: ["xt_conntrack", "nf_nat", "xt_MASQUERADE"],
      nf_nat: ["xt_MASQUERADE"],
      xt_MASQUERADE: [],
      xt_conntrack: [],
      x_tables: ["xt_conntrack", "xt_MASQUERADE"],
    };
    expect(orderOf(modules)).toEqual({
      kind: "order",
      unload: [
        "xt_MASQUERADE",
        "xt_conntrack",
        "nf_nat",
        "nf_conntrack",
        "libcrc32c",
        "nf_defrag_ipv4",
        "nf_defrag_ipv6",
      ],
      load: ["nf_conntrack", "nf_nat", "xt_conntrack", "xt_MASQUERADE"],
    });
  });

  it("leaves libcrc32c where a file system uses it", () => {
    expect(orderOf({ libcrc32c: ["nf_conntrack", "xfs"], xfs: 2, nf_conntrack: [] })).toMatchObject({
      unload: ["nf_conntrack"],
    });
  });

  it("knows the modules of EL7 by what stands in its list", () => {
    const modules = {
      nf_conntrack_ipv4: ["nf_nat_ipv4"],
      nf_defrag_ipv4: ["nf_conntrack_ipv4"],
      iptable_nat: [],
      nf_nat_ipv4: ["iptable_nat"],
      nf_nat: ["nf_nat_ipv4"],
      nf_conntrack: ["nf_nat", "nf_nat_ipv4", "nf_conntrack_ipv4"],
    };
    expect(orderOf(modules)).toMatchObject({
      unload: ["iptable_nat", "nf_nat_ipv4", "nf_conntrack_ipv4", "nf_nat", "nf_conntrack"],
    });
  });

  it("takes ip_conntrack on a kernel of that time", () => {
    const facts = factsOf({ family: "ip", modules: { ip_conntrack: ["ip_nat"], ip_nat: [] } });
    expect(unloading(facts, "ip_conntrack")).toMatchObject({ unload: ["ip_nat", "ip_conntrack"] });
  });
});

const whyNot = (story: HostStory): string => {
  const how = unloading(factsOf(story), "nf_conntrack");
  return how.kind === "impossible" ? how.because : `it is ${how.kind}`;
};

describe("what cannot be unloaded", () => {
  it("is in use: every module that is held is named, with the number of references", () => {
    expect(orderOf({ nf_conntrack: ["xt_conntrack", "nft_ct"], xt_conntrack: 3, nft_ct: 1 })).toEqual({
      kind: "in_use",
      holders: [
        { module: "nft_ct", references: 1 },
        { module: "xt_conntrack", references: 3 },
      ],
    });
  });

  it("is built in", () => {
    expect(whyNot({ state: "builtin" })).toContain("built into");
  });

  it("is locked by kernel.modules_disabled", () => {
    expect(whyNot({ locked: true })).toContain("modules_disabled");
  });

  it("is not loaded", () => {
    expect(unloading(factsOf({ state: "unloaded" }), "nf_conntrack")).toEqual({ kind: "not_loaded" });
  });

  it("is not known where the list could not be read", () => {
    const facts = { ...factsOf({}), modules: { loaded: unreadable("no /proc"), locked: read(false) } };
    expect(unloading(facts, "nf_conntrack")).toMatchObject({ kind: "unreadable" });
  });

  it("is a list that does not add up: a user that is not in it, users in a circle", () => {
    expect(orderOf({ nf_conntrack: ["gone"] })).toMatchObject({ kind: "impossible" });
    expect(orderOf({ nf_conntrack: ["a"], a: ["b"], b: ["a"] })).toMatchObject({ kind: "impossible" });
  });
});
