import { type HostName, isNonEmpty } from "../model/brand.ts";
import { type BecomeMethod, type Host, type InventoryHost, type Value, type Vars, Vaulted } from "../model/host.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { connectionOf, type Take } from "./connection.ts";
import { show } from "./connection-values.ts";
import { nameFault, names } from "./connection-vars.ts";
import type { Place } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { holdsTemplate, type Resolved, resolveJinja } from "./jinja.ts";
import { withMagic } from "./magic-vars.ts";
import { isSecretVariable } from "./secret-vars.ts";

export type ConnectOptions = {
  /** Variables of the command line: they win over all others. */
  readonly extra?: { readonly vars: Vars; readonly place: Place };
  /** How to become root where the inventory does not say it; `sudo` unless given. */
  readonly becomeMethod?: BecomeMethod;
};

/** One host's variables and where they are from. */
type Look = {
  readonly vars: Vars;
  readonly host: InventoryHost;
  readonly place: (variable: string) => Place;
  readonly faults: Map<string, Problem>;
};

/**
 * These hosts with how to reach them. Only their variables are checked: what is wrong with a host that nobody reaches is no
 * error. A fault is told once, at the line that holds the variable, however many hosts share it.
 */
export const connectHosts = (
  inventory: Inventory,
  hosts: readonly InventoryHost[],
  { extra, becomeMethod = "sudo" }: ConnectOptions = {},
): Checked<readonly Host[]> => {
  const faults = new Map<string, Problem>();
  const connected = hosts.map((host): Host => {
    const own = inventory.origins.vars(host.name);
    const vars = extra === undefined ? own : Object.assign(Object.create(null) as object, own, extra.vars);
    const place = (variable: string): Place =>
      (extra !== undefined && Object.hasOwn(extra.vars, variable)
        ? extra.place
        : inventory.origins.place(host.name, variable)) ?? unknownPlace(host.name);
    const look: Look = { vars, host, place, faults };
    checkNames(look);
    return { ...host, connection: connectionOf(host.name, takeFrom(look), becomeMethod) };
  });
  const problems = [...faults.values()];
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: connected };
};

const unknownPlace =
  (host: HostName): Place =>
  () => ({ at: { file: host, line: 0, column: 0 }, path: "" });

const report = ({ place, faults }: Look, variable: string, because: string): void => {
  const { at, path } = place(variable)();
  const key = `${at.file}:${at.line}:${at.column}:${variable}`;
  if (!faults.has(key)) faults.set(key, { at, path, message: because });
};

const checkNames = (look: Look): void => {
  const connection = look.vars[names.connection[0]];
  const plugin = typeof connection === "string" ? connection.replace(/^.*\./, "") : "ssh";
  for (const name of Object.keys(look.vars)) {
    const because = nameFault(name, plugin);
    if (because !== undefined) report(look, name, because);
  }
};

const takeFrom =
  (look: Look): Take =>
  (variables, reader) => {
    const name = variables.findLast((one) => (look.vars[one] ?? null) !== null);
    if (name === undefined) return undefined;
    const written = look.vars[name] ?? null;
    const resolved = evaluated(look, written);
    if (resolved.kind === "fault") {
      report(look, name, resolved.because);
      return undefined;
    }
    const opened = openedValue(resolved.value);
    if (opened.kind === "fault") {
      report(look, name, opened.because);
      return undefined;
    }
    const { value } = opened;
    if (value === "" || value === null) return undefined;
    const hidden = resolved.value instanceof Vaulted || isSecretVariable(name);
    const source = resolved.value === written && typeof value === "number" ? look.place(name)().written : undefined;
    const shown = hidden ? "the hidden value" : (source ?? show(value));
    const read = reader({ value, shown, written: source });
    if (read.kind === "ok") return read.value;
    report(look, name, read.because);
    return undefined;
  };

const evaluated = (look: Look, value: Value): Resolved =>
  holdsTemplate(value) ? resolveJinja(withMagic(look.host, look.vars), value) : { kind: "ok", value };

const openedValue = (value: Value): Resolved => {
  if (!(value instanceof Vaulted)) return { kind: "ok", value };
  const opened = value.open();
  return opened.kind === "ok" ? { kind: "ok", value: opened.plain } : opened;
};
