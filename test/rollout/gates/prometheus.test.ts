import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { judge, queryUrl } from "../../../src/rollout/gates/prometheus.ts";

type Case = {
  readonly name: string;
  readonly status?: number;
  readonly body: string;
  readonly present: string;
  readonly absent: string;
};

const file = join(import.meta.dirname, "../../cases/rollout/prometheus.yaml");
const cases = parse(readFileSync(file, "utf8")) as readonly Case[];

describe("what Prometheus answers", () => {
  it.each(cases)("$name", ({ status = 200, body, present, absent }) => {
    const says = (expect: "present" | "absent") => {
      const look = judge({ kind: "answered", status, body }, expect);
      return look.kind === "open" ? "open" : look.because;
    };
    expect({ present: says("present"), absent: says("absent") }).toEqual({ present, absent });
  });

  it("is closed where there is no answer", () => {
    expect(judge({ kind: "failed", because: "no answer in 10 s" }, "absent")).toEqual({
      kind: "closed",
      because: "no answer in 10 s",
    });
  });
});

describe("where it is asked", () => {
  it.each([
    ["http://prometheus:9090", "up", "http://prometheus:9090/api/v1/query?query=up"],
    ["http://host/prometheus/", 'up{job="a&b"} > 0', "http://host/prometheus/api/v1/query?"],
    ["https://me:pass@host/?tenant=a", "a+b", "https://me:pass@host/api/v1/query?tenant=a&"],
  ])("%s with %s", (url, query, start) => {
    const asked = queryUrl({ url, query });
    expect(asked.startsWith(start)).toBe(true);
    expect(new URL(asked).searchParams.get("query")).toBe(query);
  });
});
