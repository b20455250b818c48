import { z } from "zod";
import type { GateCheck } from "../../model/play.ts";
import type { HttpResult } from "../effects.ts";
import { closed, type Look, open } from "./check-gate.ts";

type PrometheusGate = Extract<GateCheck, { readonly kind: "prometheus" }>;

/** Where an instant query is asked: API v1 below the server's address, which may have a path of its own. */
export const queryUrl = ({ url, query }: Pick<PrometheusGate, "url" | "query">): string => {
  const asked = new URL(url);
  asked.pathname = `${asked.pathname.replace(/\/+$/, "")}/api/v1/query`;
  asked.searchParams.set("query", query);
  return asked.href;
};

const labels = z.record(z.string(), z.string());
const vector = z.object({ resultType: z.literal("vector"), result: z.array(z.object({ metric: labels })) });
const other = z.object({ resultType: z.enum(["matrix", "scalar", "string"]) });
const success = z.object({
  status: z.literal("success"),
  data: z.discriminatedUnion("resultType", [vector, other]),
  warnings: z.array(z.string()).optional(),
});
const failure = z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() });
const response = z.discriminatedUnion("status", [success, failure]);

/**
 * Open where the query gives a vector that has series (`present`), or has none (`absent`). A number, an error or a warning is no
 * such answer: what was not asked whole may lack the very alert.
 */
export const judge = (answer: HttpResult, expect: PrometheusGate["expect"]): Look => {
  if (answer.kind === "failed") return closed(answer.because);
  const read = response.safeParse(parseJson(answer.body));
  if (read.success && read.data.status === "error")
    return closed(`Prometheus answered ${answer.status}: ${read.data.errorType}: ${read.data.error}`);
  if (answer.status !== 200) return closed(`it answered ${answer.status}, not 200`);
  if (!read.success || read.data.status !== "success") return closed("it did not answer as Prometheus does");
  const { data, warnings = [] } = read.data;
  if (data.resultType !== "vector") return closed(`the query gives a ${data.resultType}, not a vector`);
  const [first] = data.result;
  if (expect === "present") return first === undefined ? closed("the query gives nothing") : open;
  if (first !== undefined) return closed(`the query gives ${data.result.length} series: ${shown(first.metric)}`);
  return warnings.length === 0 ? open : closed(`the answer may not be whole: ${warnings[0] ?? ""}`);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A series as Prometheus writes it: `up{job="node"}`. */
const shown = ({ __name__: name = "", ...rest }: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(rest)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ")}}`;
