import { z } from "zod";
import { type BatchSize, type HostOrder, hostOrders, type Play } from "../model/play.ts";
import { duration, milliseconds } from "./durations.ts";
import { gates, gatesSchema } from "./gates.ts";
import { hooks, hooksSchema } from "./hooks.ts";
import { flag, line, oneOf, oneOrMore, percent, percentOf, show, whole } from "./schema-parts.ts";
import { below, type Spot } from "./spot.ts";
import { windowSchema, windows } from "./window.ts";

const batchExpected = 'a number of hosts from 1 on or a percentage up to "100%"';
const batch = z.union([whole(1, 1_000_000), percent], {
  error: (issue) => `expected ${batchExpected}, found ${show(issue.input)}`,
});

const percentError = (issue: { readonly input?: unknown }) =>
  `expected a percentage from 0 to 100, found ${show(issue.input)}`;
const failPercentage = z.union(
  [
    z.number().min(0, { error: percentError }).max(100, { error: percentError }),
    z.string().regex(/^(\d{1,2}|100)%$/, { error: percentError }),
  ],
  { error: percentError },
);

const failError = (issue: { readonly input?: unknown }) =>
  `expected a number of hosts from 0 on or a percentage like "5%", found ${show(issue.input)}`;
const maxFail = z.union([whole(0, 1_000_000), z.string().regex(/^(\d{1,2}(\.\d{1,6})?|100)%$/, { error: failError })], {
  error: failError,
});

/** Names of this design beside Ansible's. */
const otherOrders = { reverse: "reverse_inventory", shuffled: "shuffle" } as const;

const variable = line("the name of a variable").regex(/^[A-Za-z_]\w*$/, {
  error: ({ input }) => `${show(input)} is not a name for a variable: letters, digits and _`,
});

/** Keys of a play that say in which batches hosts are changed, and what must hold meanwhile. */
export const rollingShape = {
  serial: oneOrMore(batch, `${batchExpected}, or a list of them`).optional(),
  max_fail_percentage: failPercentage.optional(),
  max_fail: maxFail.optional(),
  any_errors_fatal: flag.optional(),
  order: oneOf([...hostOrders, "reverse", "shuffled"]).optional(),
  never_together: oneOrMore(variable, "the name of a variable or a list of them").optional(),
  pause: duration("0s", "24h").optional(),
  window: windowSchema.optional(),
  gates: gatesSchema.optional(),
  before: hooksSchema.optional(),
  after: hooksSchema.optional(),
};
type Written = z.infer<z.ZodObject<typeof rollingShape>>;

type Rolling = Pick<
  Play,
  | "serial"
  | "maxFailPercentage"
  | "maxFail"
  | "anyErrorsFatal"
  | "order"
  | "neverTogether"
  | "neverTogetherAt"
  | "pause"
  | "windows"
  | "gates"
  | "before"
  | "after"
>;

/** Those parts of a play with their defaults: one batch in the inventory's order, and no failure. */
export const rolling = (spot: Spot, written: Written): Rolling => ({
  serial: [written.serial ?? []].flat().map(hostsOrPercent),
  maxFailPercentage: failedPercent(written.max_fail_percentage),
  maxFail: written.max_fail === undefined ? undefined : hostsOrPercent(written.max_fail),
  anyErrorsFatal: written.any_errors_fatal ?? false,
  order: orderOf(written.order ?? "inventory"),
  neverTogether: [...new Set([written.never_together ?? []].flat())],
  neverTogetherAt: spot.document.at([...spot.path, "never_together"]),
  pause: milliseconds(written.pause ?? "0s"),
  windows: windows(written.window),
  gates: gates(below(spot, "gates"), written.gates),
  before: hooks(below(spot, "before"), written.before),
  after: hooks(below(spot, "after"), written.after),
});

const hostsOrPercent = (size: number | string): BatchSize =>
  typeof size === "number" ? { kind: "count", hosts: size } : { kind: "percent", percent: percentOf(size) };

const failedPercent = (written: Written["max_fail_percentage"]): number =>
  typeof written === "string" ? percentOf(written) : (written ?? 0);

const orderOf = (written: NonNullable<Written["order"]>): HostOrder =>
  written === "reverse" || written === "shuffled" ? otherOrders[written] : written;
