import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { HostName } from "../../src/model/brand.ts";
import type { Vars } from "../../src/model/host.ts";
import type { BatchSize } from "../../src/model/play.ts";
import { batches } from "../../src/rollout/batches.ts";
import { type Mark, marksOf } from "../../src/rollout/spread.ts";
import { aHost, compiledPlay } from "../support/play.ts";

type Case = {
  readonly name: string;
  readonly hosts: number | { readonly [name: string]: Vars };
  readonly serial: readonly (number | string)[];
  readonly never_together?: readonly string[];
  readonly gives: readonly (number | string)[];
};

const file = join(import.meta.dirname, "../cases/rollout/batches.yaml");
const cases = parse(readFileSync(file, "utf8")) as readonly Case[];

const sizeOf = (size: number | string): BatchSize =>
  typeof size === "number" ? { kind: "count", hosts: size } : { kind: "percent", percent: Number.parseInt(size, 10) };

const hostsOf = ({ hosts }: Case) =>
  (typeof hosts === "number"
    ? Array.from({ length: hosts }, (_, at) => [`h${at}`, {}] as const)
    : Object.entries(hosts)
  ).map(([name, vars]) => ({ ...aHost, name: name as HostName, vars }));

describe("batches", () => {
  it.each(cases)("$name", (one) => {
    const { play, ...rest } = compiledPlay("[]");
    const compiled = { ...rest, play: { ...play, neverTogether: one.never_together ?? [] } };
    const cut = batches(hostsOf(one), one.serial.map(sizeOf), (host) => marksOf(compiled, host));
    const gives = cut.map((batch) =>
      typeof one.gives[0] === "number" ? batch.length : batch.map(({ name }) => name).join(" "),
    );
    expect(gives).toEqual(one.gives);
  });

  const count = fc.integer({ min: 1, max: 50 }).map((hosts): BatchSize => ({ kind: "count", hosts }));
  const percent = fc.integer({ min: 1, max: 100 }).map((of): BatchSize => ({ kind: "percent", percent: of }));
  const serial = fc.array(fc.oneof(count, percent), { maxLength: 4 });

  it("hold every host once, in order, where nothing keeps them apart", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 200 }), serial, (hosts, sizes) => {
        expect(batches(hosts, sizes).flat()).toEqual(hosts);
      }),
    );
  });

  it("hold every host once, never two that clash, and begin with the first who waits", () => {
    const value = fc.option(fc.integer({ min: 0, max: 5 }).map(String), { nil: undefined });
    const mark = fc.record({ variable: fc.constantFrom("rack", "pair"), value });
    const host = fc.array(mark, { maxLength: 2 });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 60 }), serial, (hosts, sizes) => {
        const numbers = hosts.map((_, at) => at);
        const cut = batches(numbers, sizes, (at) => hosts[at]!);
        expect(cut.flat().toSorted((a, b) => a - b)).toEqual(numbers);
        const waiting = new Set(numbers);
        for (const batch of cut) {
          expect(batch[0]).toBe(Math.min(...waiting));
          for (const at of batch) waiting.delete(at);
          for (const a of batch) for (const b of batch) expect(a < b && clash(hosts[a]!, hosts[b]!)).toBe(false);
        }
      }),
    );
  });

  it("of thousands of hosts in one rack are cut at once", () => {
    const hosts = Array.from({ length: 3000 }, (_, at) => at);
    expect(batches(hosts, [], () => [{ variable: "rack", value: "1" }])).toHaveLength(3000);
  });
});

const clash = (one: readonly Mark[], other: readonly Mark[]): boolean =>
  one.some((a) =>
    other.some(
      (b) => a.variable === b.variable && (a.value === undefined || b.value === undefined || a.value === b.value),
    ),
  );
