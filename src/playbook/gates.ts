import { z } from "zod";
import { compileGateExpression } from "../expr/compile.ts";
import { durationText } from "../model/duration.ts";
import type { Gate, GateCheck } from "../model/play.ts";
import { argv, argvOf } from "./argv.ts";
import { duration, milliseconds } from "./durations.ts";
import { expressions } from "./expressions.ts";
import { shortly } from "./hooks.ts";
import { closed, line, oneOf, oneOrMore, whole } from "./schema-parts.ts";
import { below, reportKey, type Spot } from "./spot.ts";
import { url } from "./url.ts";

const lines = oneOrMore(line("an expression"), "an expression or a list of them");
const status = oneOrMore(whole(100, 599), "a status from 100 to 599 or a list of them");

const checks = {
  that: lines.optional(),
  http: z.union([url, closed({ url, status: status.optional() })]).optional(),
  command: argv("a program on this machine and its words").optional(),
  prometheus: closed({
    url,
    query: line("a query").refine(
      (text) => !text.includes("{{"),
      "holds {{: a gate is the same for all hosts, without templates",
    ),
    expect: oneOf(["present", "absent"]),
  }).optional(),
};
const kinds = Object.keys(checks) as (keyof typeof checks)[];

const gate = closed({
  name: line("a name").optional(),
  ...checks,
  within: duration("0s", "24h").optional(),
  every: duration("1s", "1h").optional(),
}).superRefine((written, context) => {
  const given = kinds.filter((kind) => written[kind] !== undefined);
  if (given.length === 1) return;
  const found = given.length === 0 ? "" : `, this one has ${given.join(" and ")}`;
  context.addIssue({ code: "custom", message: `a gate needs one of ${kinds.join(", ")}${found}` });
});

/** The written form of `gates`. */
export const gatesSchema = oneOrMore(gate, `a map with one of ${kinds.join(", ")}, or a list of them`);
type WrittenGates = z.infer<typeof gatesSchema> | undefined;
type WrittenGate = z.infer<typeof gate>;

/** Gates with their defaults; expressions that do not compile are reported. */
export const gates = (spot: Spot, written: WrittenGates): readonly Gate[] =>
  [written ?? []].flat().map((one, at) => gateOf(Array.isArray(written) ? below(spot, at) : spot, one));

const gateOf = (spot: Spot, written: WrittenGate): Gate => {
  const within = milliseconds(written.within ?? "5m");
  const every = milliseconds(written.every ?? "15s");
  if (written.every !== undefined && every > within)
    reportKey(below(spot, "every"), `every has no say where the gate is looked at for ${durationText(within / 1000)}`);
  const check = checkOf(spot, written);
  return { name: written.name ?? shortly(nameOf(check)), at: spot.document.at(spot.path), within, every, ...check };
};

const checkOf = (spot: Spot, { that, http, command, prometheus }: WrittenGate): GateCheck => {
  if (prometheus !== undefined) return { kind: "prometheus", ...prometheus };
  if (command !== undefined)
    return { kind: "command", argv: argvOf(below(spot, "command"), command, { templates: false }) };
  if (http === undefined) return { kind: "facts", that: expressions(below(spot, "that"), that, compileGateExpression) };
  const given = typeof http === "string" ? { url: http } : http;
  return { kind: "http", url: given.url, status: [given.status ?? 200].flat() };
};

const nameOf = (check: GateCheck): string => {
  switch (check.kind) {
    case "facts":
      return check.that.map(({ text }) => text).join(" and ");
    case "http":
      return check.url;
    case "command":
      return check.argv.join(" ");
    case "prometheus":
      return check.query;
  }
};
