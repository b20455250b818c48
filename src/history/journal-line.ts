import { z } from "zod";
import type { Action } from "../model/action.ts";
import { asciiJson } from "../model/ascii-json.ts";
import { becomeMethods } from "../model/host.ts";
import { hostStages, type JournalEntry } from "../model/journal.ts";
import type { HostReport } from "../model/outcome.ts";
import { actionData, bootId, parseAction, runId } from "../plan/action-data.ts";
import { failureShape, hostNameShape, parseReport, readBy, reportData } from "../plan/report-data.ts";
import { wayOptions } from "./kept-options.ts";

/** An entry with its time: milliseconds since 1970, by this machine's clock, for people. */
export type StampedEntry = { readonly at: number; readonly entry: JournalEntry };

/**
 * An entry as a line of the journal (schema 1), in ASCII alone: what came from a host is data, nothing in it acts on a
 * terminal, and a line that is cut off is cut between two characters. Texts of files are not in it. Throws where an entry
 * could not be read again: that is a defect, found before anything is sent.
 */
export const entryLine = (entry: JournalEntry, at: number): string => {
  const line = asciiJson({ schema: 1, at: new Date(at).toISOString(), ...entryData(entry) });
  const again = entry.kind === "begin" ? parseEntry(line) : undefined;
  if (typeof again === "string") throw new Error(`the record of run ${JSON.stringify(entry)} ${again}`);
  return `${line}\n`;
};

const entryData = (entry: JournalEntry): object => {
  switch (entry.kind) {
    case "intent":
      return { ...entry, actions: entry.actions.map((action) => actionData(action, { texts: false })) };
    case "outcome":
      return { ...entry, report: reportData(entry.report) };
    default:
      return entry;
  }
};

const text = z.string();
const whole = z.int().nonnegative();
const host = hostNameShape;
const stage = z.enum(hostStages);
const stamp = { at: z.iso.datetime().transform((time) => Date.parse(time)) };

const action = readBy<Action>(parseAction, "an action");
const report = readBy<HostReport>(parseReport, "a report of a host");

const reading = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("read"), value }),
    z.strictObject({ kind: z.literal("absent") }),
    z.strictObject({ kind: z.literal("unreadable"), because: text }),
  ]);
const seen = z.strictObject({ boot: reading(bootId), drops: reading(z.number()) });

const begin = z.strictObject({
  ...stamp,
  kind: z.literal("begin"),
  run: runId,
  command: z.enum(["apply", "persist", "rollback"]),
  playbook: text,
  digest: text,
  hosts: z.array(host),
  seed: z.number(),
  trial: z.number().optional(),
  hadExtraVars: z.boolean(),
  become: z.array(z.strictObject({ method: z.enum(becomeMethods), user: text, hosts: z.array(host) })),
  saved: z.strictObject({ file: text, run: runId }).optional(),
  options: z.strictObject(wayOptions),
  of: runId.optional(),
});

const about = { host, play: whole, stage };
const written = z.discriminatedUnion("kind", [
  begin,
  z.strictObject({ ...stamp, kind: z.literal("batch"), play: whole, number: whole, of: whole, hosts: z.array(host) }),
  z.strictObject({ ...stamp, kind: z.literal("intent"), ...about, actions: z.array(action), token: text.optional() }),
  z.strictObject({ ...stamp, kind: z.literal("result"), ...about, failure: failureShape.optional() }),
  z.strictObject({ ...stamp, kind: z.literal("outcome"), report, play: whole, seen: seen.optional() }),
  z.strictObject({ ...stamp, kind: z.literal("stopped"), because: text }),
  z.strictObject({ ...stamp, kind: z.literal("resumed") }),
  z.strictObject({ ...stamp, kind: z.literal("end"), exit: whole }),
]);

/** A line of a journal, without its line feed; else what is wrong with it, in words that follow its place. */
export const parseEntry = (line: string): StampedEntry | string => {
  const data = parsedJson(line);
  if (data === undefined) return "is not an entry of a journal";
  const { schema, ...rest } = data;
  if (schema !== 1)
    return `is of another version of ctfleet (schema ${String(schema)}, and this one reads 1): use that one`;
  const entry = written.safeParse(rest);
  if (entry.success) return stamped(entry.data);
  const [{ path, message } = { path: [], message: "" }] = entry.error.issues;
  return `is not an entry of a journal that this version can read (${[path.join("."), message].join(" ").trim()})`;
};

const parsedJson = (line: string): { readonly schema?: unknown } | undefined => {
  try {
    const data: unknown = JSON.parse(line);
    return typeof data === "object" && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
};

/** What is not written stands in an entry as undefined. */
const stamped = ({ at, ...entry }: z.infer<typeof written>): StampedEntry => {
  switch (entry.kind) {
    case "begin":
      return { at, entry: { ...entry, trial: entry.trial, saved: entry.saved, of: entry.of } };
    case "intent":
      return { at, entry: { ...entry, token: entry.token } };
    case "result":
      return { at, entry: { ...entry, failure: entry.failure } };
    case "outcome":
      return { at, entry: { ...entry, seen: entry.seen } };
    case "batch":
    case "stopped":
    case "resumed":
    case "end":
      return { at, entry };
  }
};
