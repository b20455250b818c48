import { z } from "zod";
import { type Action, commandPhases, evenIfs, firewallNames, type LiveValues } from "../model/action.ts";
import type { BootId, HostPath, NonEmpty, RunId, SysctlKey } from "../model/brand.ts";
import { hostPath } from "../playbook/schema-parts.ts";

const text = z.string();
const words = z.tuple([text], text);
const whole = z.int().nonnegative();
const path = hostPath.transform((one) => one as HostPath);
const key = z
  .string()
  .regex(/^[a-z][\w./-]{0,200}$/)
  .transform((one) => one as SysctlKey);
/** One invocation's id. */
export const runId = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]+$/)
  .transform((one) => one as RunId);
/** The kernel's random id of a boot. */
export const bootId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .transform((one) => one as BootId);

const from = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("absent") }),
  z.strictObject({
    kind: z.literal("regular"),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    mode: z.int().min(0).max(0o7777),
    uid: whole,
    gid: whole,
  }),
]);

const then = z.strictObject({
  hashsize: whole.optional(),
  keys: z.array(z.tuple([key, text])),
  kept: z.array(text).optional(),
});

const kind = <Name extends Action["kind"], Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ kind: z.literal(name), task: text, ...shape });

const actionShape = z.discriminatedUnion("kind", [
  kind("write", {
    path,
    text,
    mode: z.int().min(0).max(0o7777),
    uid: whole,
    gid: whole,
    from,
    before: text.optional(),
  }),
  kind("remove", { path, from, before: text.optional() }),
  kind("set_hashsize", { to: whole, from: whole }),
  kind("set", { key, to: text, from: text }),
  kind("load_module", { module: text, then }),
  kind("unload_modules", { modules: words }),
  kind("reload_modules", { unload: words, load: words, then }),
  kind("restart_firewall", {
    service: z.enum(firewallNames),
    evenIf: z.array(z.enum(evenIfs)),
    unloads: z.boolean(),
    then,
  }),
  kind("reboot", { from: bootId, within: whole, stable: whole }),
  kind("end_trial", { run: runId }),
  kind("run", { argv: words, undo: words.optional(), within: whole, when: z.enum(commandPhases) }),
]);
type Data = z.output<typeof actionShape>;

/** An action as JSON can hold it. */
export type ActionData = z.input<typeof actionShape>;

/**
 * An action as JSON. Texts of files are in it where they are asked for: else `text` is "" and `before` is left out. What
 * came out of vaults is not marked in it, so texts that hold such are not for a file.
 */
export const actionData = (action: Action, { texts }: { readonly texts: boolean }): ActionData => {
  switch (action.kind) {
    case "write": {
      const { kind, task, path, text, mode, uid, gid, from, before } = action;
      const file = { kind, task, path, mode, uid, gid, from };
      return texts ? { ...file, text, ...optional("before", before) } : { ...file, text: "" };
    }
    case "remove": {
      const { kind, task, path, from, before } = action;
      return { kind, task, path, from, ...optional("before", texts ? before : undefined) };
    }
    case "load_module":
      return { ...action, then: liveData(action.then) };
    case "reload_modules":
      return { ...action, unload: some(action.unload), load: some(action.load), then: liveData(action.then) };
    case "restart_firewall":
      return { ...action, evenIf: [...action.evenIf], then: liveData(action.then) };
    case "unload_modules":
      return { ...action, modules: some(action.modules) };
    case "run": {
      const { undo, argv, ...rest } = action;
      return { ...rest, argv: some(argv), ...optional("undo", undo && some(undo)) };
    }
    case "set":
    case "set_hashsize":
    case "reboot":
    case "end_trial":
      return action;
  }
};

/** A list that may be changed, as the schema's own type has it. */
const some = ([first, ...others]: NonEmpty<string>): [string, ...string[]] => [first, ...others];

/** A key with its value, where there is one. */
const optional = <Key extends string, Value>(name: Key, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [key in Key]?: Value };

const liveData = ({ hashsize, keys, kept }: LiveValues): z.input<typeof then> => ({
  ...optional("hashsize", hashsize),
  keys: [...keys],
  ...optional("kept", kept && [...kept]),
});

/** The action of `actionData`, without secrets. Undefined where this version would not have written it. */
export const parseAction = (data: unknown): Action | undefined => {
  const parsed = actionShape.safeParse(data);
  return parsed.success ? actionOf(parsed.data) : undefined;
};

const actionOf = (data: Data): Action => {
  switch (data.kind) {
    case "write":
    case "remove":
      return { ...data, before: data.before, secrets: [] };
    case "load_module":
    case "reload_modules":
    case "restart_firewall":
      return { ...data, then: liveOf(data.then) };
    case "run":
      return { ...data, undo: data.undo };
    case "set":
    case "set_hashsize":
    case "unload_modules":
    case "reboot":
    case "end_trial":
      return data;
  }
};

const liveOf = ({ hashsize, keys, kept }: z.output<typeof then>): LiveValues => ({
  hashsize,
  keys: new Map(keys),
  ...optional("kept", kept && new Set(kept)),
});
