import { didYouMean } from "../expr/nearest.ts";
import type { HostPath } from "../model/brand.ts";
import type { Task } from "../model/play.ts";
import { activation } from "./activate.ts";
import { command } from "./command.ts";
import { expressions } from "./expressions.ts";
import { shortly } from "./hooks.ts";
import { reportOctal } from "./octal.ts";
import { closed, show } from "./schema-parts.ts";
import { sizeRule } from "./size.ts";
import { below, check, report, reportKey, type Spot } from "./spot.ts";
import { laterTaskKeys, type TaskKind, taskHead, taskKinds, type WrittenBody } from "./written-tasks.ts";

const kinds = Object.keys(taskKinds) as TaskKind[];

/** One task of a play, or nothing after its problems were reported. */
export const parseTask = (spot: Spot, value: unknown): Task | undefined => {
  const kind = kindOf(spot, value);
  if (kind === undefined) return undefined;
  const schema = closed({ ...taskHead, [kind]: taskKinds[kind] }, laterTaskKeys);
  const written = check(spot, schema, value) as (Head & WrittenBody) | undefined;
  if (written === undefined) return undefined;
  const when = expressions(below(spot, "when"), written.when);
  const body = bodyOf(spot, kind, written);
  return { name: written.name ?? nameOf(body), when, at: spot.document.at(spot.path), ...body };
};

type Head = { readonly name?: string; readonly when?: string | boolean | readonly string[] };
type Body = Task extends infer One ? (One extends Task ? Omit<One, "name" | "when" | "at"> : never) : never;

/** The one key that says what the task does. */
const kindOf = (spot: Spot, value: unknown): TaskKind | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report(spot, `expected a task (a map), found ${show(value)}`);
    return undefined;
  }
  const keys = Object.keys(value);
  const found = kinds.filter((kind) => keys.includes(kind));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined) report(spot, `a task does one thing, this one has ${found.join(" and ")}`);
  else {
    const later = keys
      .map((key) => [key, laterTaskKeys.get(key)] as const)
      .find(([, message]) => message !== undefined);
    const odd = keys.find((key) => !Object.hasOwn(taskHead, key));
    if (later?.[1] !== undefined) reportKey(below(spot, later[0]), later[1]);
    else if (odd === undefined) report(spot, `a task needs one of ${kinds.join(", ")}`);
    else reportKey(below(spot, odd), `a task needs one of ${kinds.join(", ")}${didYouMean(odd, kinds)}`);
  }
  return undefined;
};

const bodyOf = (spot: Spot, kind: TaskKind, written: WrittenBody): Body => {
  switch (kind) {
    case "conntrack": {
      const { size, timeouts, settings, allow_lower } = written.conntrack;
      reportOctal(below(spot, kind), written.conntrack);
      return {
        kind,
        size: size === undefined ? undefined : sizeRule(below(spot, kind, "size"), size),
        timeouts: new Map(Object.entries(timeouts ?? {})),
        settings: new Map(Object.entries(settings ?? {})),
        allowLower: allow_lower ?? false,
      };
    }
    case "template": {
      const { src, dest, mode, owner, group } = written.template;
      return {
        kind,
        src,
        dest: dest as HostPath,
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
        owner: owner === undefined ? undefined : String(owner),
        group: group === undefined ? undefined : String(group),
      };
    }
    case "settings": {
      const { path, set, absent, absent_lines } = written.settings;
      const at = [...spot.path, kind, "set"];
      // `no` and 0644 are meant as they are written, not as what YAML makes of them.
      const values = Object.entries(set ?? {}).map(([key, value]): [string, string] => [
        key,
        typeof value === "string" ? value : (spot.document.written([...at, key]) ?? String(value)),
      ]);
      const [keys, patterns] = [[absent ?? []].flat(), [absent_lines ?? []].flat()];
      return { kind, path: path as HostPath, set: new Map(values), absent: keys, absentLines: patterns };
    }
    case "absent":
      return { kind, path: (typeof written.absent === "string" ? written.absent : written.absent.path) as HostPath };
    case "module": {
      const { name, state } = written.module;
      // The kernel lists every name with underscores: kmod takes both.
      return { kind, module: name.replaceAll("-", "_"), state: state ?? "present" };
    }
    case "command":
      return command(below(spot, kind), written.command);
    case "activate":
      return activation(below(spot, kind), written.activate);
    case "verify": {
      const map = typeof written.verify === "object" && "that" in written.verify ? written.verify : undefined;
      const that = map?.that ?? (written.verify as string | string[]);
      return {
        kind,
        that: expressions(below(spot, kind, ...(map === undefined ? [] : ["that"])), that),
        otherwise: map?.otherwise ?? "keep",
      };
    }
  }
};

const nameOf = (body: Body): string => {
  switch (body.kind) {
    case "template":
      return `template ${body.dest}`;
    case "settings":
    case "absent":
      return `${body.kind} ${body.path}`;
    case "module":
      return `module ${body.module} ${body.state}`;
    case "command":
      return shortly(`command ${body.argv.join(" ")}`);
    default:
      return body.kind;
  }
};
