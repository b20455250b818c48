import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { BatchSize } from "../../src/model/play.ts";
import { type Budget, decide } from "../../src/rollout/budget.ts";

type Case = {
  readonly name: string;
  readonly at?: "inside" | "after";
  readonly max_fail_percentage?: number;
  readonly max_fail?: number | string;
  readonly any_errors_fatal?: boolean;
  /** Its number, and how many there are. */
  readonly batch?: string;
  readonly hosts?: number;
  readonly unseen?: number;
  readonly failed?: number;
  readonly run?: number;
  readonly earlier?: number;
  readonly says: "go on" | "stop";
};

const folder = join(import.meta.dirname, "../..");
const cases = parse(readFileSync(join(folder, "test/cases/rollout/budget.yaml"), "utf8")) as readonly Case[];

const full = (one: Case) => ({
  ...{ at: "after" as const, max_fail_percentage: 0, max_fail: undefined, any_errors_fatal: false },
  ...{ batch: "2 of 3", hosts: 10, unseen: 0, failed: 0, run: 100, earlier: 0 },
  ...one,
});

const limit = (text: number | string | undefined): BatchSize | undefined => {
  if (text === undefined) return undefined;
  return typeof text === "number"
    ? { kind: "count", hosts: text }
    : { kind: "percent", percent: Number.parseFloat(text) };
};

/** The table of docs/rolling.md. */
const table = (): string => {
  const rows = cases.map((one) => {
    const {
      at,
      max_fail_percentage,
      max_fail = "",
      any_errors_fatal,
      batch,
      hosts,
      unseen,
      failed,
      run,
      earlier,
    } = full(one);
    const cells = [one.name, at, max_fail_percentage, max_fail, any_errors_fatal ? "yes" : "", batch, hosts];
    return `| ${[...cells, unseen, failed, earlier, run].join(" | ")} | ${one.says} |`;
  });
  const columns = ["case", "asked", "max_fail_percentage", "max_fail", "any_errors_fatal", "batch", "its hosts"];
  const counts = ["not gathered", "failed", "failed earlier in the run", "hosts of the run", "go on?"];
  const head = [...columns, ...counts];
  return [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...rows].join("\n");
};

describe("the budget", () => {
  it.each(cases)("$name: $says", (one) => {
    const { at, batch, hosts, unseen, failed, run, earlier, ...play } = full(one);
    const [number = 0, of = 0] = batch.split(" of ").map(Number);
    const verdict = decide(
      {
        maxFailPercentage: play.max_fail_percentage,
        maxFail: limit(play.max_fail),
        anyErrorsFatal: play.any_errors_fatal,
      },
      { at, batch: { number, of, hosts, unseen, failed }, run: { hosts: run, failed: earlier } },
    );
    expect(verdict.kind).toBe(one.says === "go on" ? "go_on" : "stop");
  });

  it("is what docs/rolling.md says, case by case", () => {
    expect(readFileSync(join(folder, "docs/rolling.md"), "utf8")).toContain(table());
  });

  it("says which limit was exceeded, and by how many", () => {
    const batch = { number: 2, of: 3, hosts: 10, unseen: 1, failed: 1 };
    const standing = { at: "after", batch, run: { hosts: 40, failed: 3 } } as const;
    const rule: Budget = { maxFailPercentage: 10, maxFail: undefined, anyErrorsFatal: false };
    const because = (more: Partial<Budget>, at: Partial<typeof batch> = {}) =>
      decide({ ...rule, ...more }, { ...standing, batch: { ...batch, ...at } });
    expect([
      because({}),
      because({ maxFailPercentage: 50, maxFail: { kind: "percent", percent: 10 } }),
      because({ anyErrorsFatal: true }),
      because({}, { number: 1 }),
    ]).toEqual([
      { kind: "stop", because: "2 of 10 hosts in the batch failed; max_fail_percentage is 10" },
      { kind: "stop", because: "5 of 40 hosts in the run failed; max_fail is 10%" },
      { kind: "stop", because: "2 of 10 hosts in the batch failed; any_errors_fatal is set" },
      {
        kind: "stop",
        because: "2 of 10 hosts in the batch failed, and it is the first: nothing follows a canary that fails",
      },
    ]);
  });
});
