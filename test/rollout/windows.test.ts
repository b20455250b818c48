import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Weekday } from "../../src/model/play.ts";
import { isOpen, localTime, type Opening } from "../../src/rollout/windows.ts";

type Case = {
  readonly name: string;
  readonly windows: readonly {
    readonly days: readonly Weekday[];
    readonly from: string;
    readonly to: string;
    readonly zone: string;
  }[];
  readonly now: string;
  readonly until?: string;
  readonly opens?: string;
  readonly zone?: string;
};

const file = join(import.meta.dirname, "../cases/rollout/windows.yaml");
const cases = parse(readFileSync(file, "utf8")) as readonly Case[];

const minutes = (time: string): number => {
  const [hours = 0, past = 0] = time.split(":").map(Number);
  return hours * 60 + past;
};

const expected = ({ until, opens, zone, windows }: Case): Opening => {
  if (until !== undefined) return { kind: "open", until: until === "never" ? undefined : Date.parse(until) };
  if (opens === undefined || opens === "never") return { kind: "closed", opens: undefined };
  return { kind: "closed", opens: { at: Date.parse(opens), zone: zone ?? windows[0]!.zone } };
};

describe("a window", () => {
  it.each(cases)("$name", (one) => {
    const windows = one.windows.map(({ days, from, to, zone }) => ({
      ...{ days: new Set(days), from: minutes(from), to: minutes(to), zone },
    }));
    expect(isOpen(windows, Date.parse(one.now))).toEqual(expected(one));
  });

  it("is told in its own zone", () => {
    expect(localTime(Date.parse("2026-10-25T01:15:00Z"), "Europe/Berlin")).toBe("Sun 2026-10-25 02:15 (Europe/Berlin)");
  });
});
