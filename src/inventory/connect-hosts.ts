import { type HostName, isNonEmpty } from "../model/brand.ts";
import { type BecomeMethod, type Host, type InventoryHost, type Value, type Vars, Vaulted } from "../model/host.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { connectionOf, type Take } from "./connection.ts";
import { show } from "./connection-values.ts";
import { nameFault, names } from "./connection-vars.ts";
import type { Place } from "./draft.ts";
import { foldNames } from "./fold.ts";
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
  readonly faults: Map<string, Fault>;
};

/** What is wrong with a variable, and the hosts that share it. */
type Fault = { readonly problem: Problem; readonly variable: string; readonly hosts: HostName[] };

/**
 * These hosts with how to reach them. Only their variables are checked: what is wrong with a host that nobody reaches is no
 * error. A fault is told once, at the line that holds the variable, however many hosts share it.
 */
export const connectHosts = (
  inventory: Inventory,
  hosts: readonly InventoryHost[],
  { extra, becomeMethod = "sudo" }: ConnectOptions = {},
): Checked<readonly Host[]> => {
  const faults = new Map<string, Fault>();
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
  const problems = [...faults.values()].map(toldOf);
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: connected };
};

const unknownPlace =
  (host: HostName): Place =>
  () => ({ at: { file: host, line: 0, column: 0 }, path: "" });

const report = ({ place, faults, host }: Look, variable: string, because: string): void => {
  const { at, path } = place(variable)();
  const key = `${at.file}:${at.line}:${at.column}:${variable}`;
  const known = faults.get(key);
  if (known !== undefined) known.hosts.push(host.name);
  else
    faults.set(key, {
      problem: { at, path: path === "" ? variable : path, message: because },
      variable,
      hosts: [host.name],
    });
};

/** Hosts that are not reached by ssh are no mistake in an inventory: they are to be left out. */
const toldOf = ({ problem, variable, hosts }: Fault): Problem => {
  if (variable !== names.connection[0]) return problem;
  return { ...problem, message: `${problem.message}; leave out ${foldNames(hosts)}: --limit 'all:!${hosts[0] ?? ""}'` };
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
      report(look, name, isSecretVariable(name) ? passwordIsTemplate : resolved.because);
      return undefined;
    }
    const opened = openedValue(resolved.value);
    if (opened.kind === "fault") {
      report(look, name, opened.because);
      return undefined;
    }
    const { value } = opened;
    if (value === "" || value === null) return undefined;
    const hidden =
      resolved.value instanceof Vaulted ||
      isSecretVariable(name) ||
      (resolved.value !== written && holdsPassword(look.vars, value));
    const source = resolved.value === written && typeof value === "number" ? look.place(name)().written : undefined;
    const shown = hidden ? "the hidden value" : (source ?? show(value));
    const read = reader({ value, shown, written: source });
    if (read.kind === "ok") return read.value;
    report(look, name, read.because);
    return undefined;
  };

/** A template may have brought one in. */
const holdsPassword = (vars: Vars, value: Value): boolean => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return Object.entries(vars).some(
    ([name, one]) => isSecretVariable(name) && typeof one === "string" && one !== "" && text.includes(one),
  );
};

// an expression that could not be read may be a piece of the password
const passwordIsTemplate =
  "this Jinja cannot be evaluated: a password is text without {{, {% and {#, a !vault value, or {{ NAME }} of a variable that this host has";

const evaluated = (look: Look, value: Value): Resolved =>
  holdsTemplate(value) ? resolveJinja(withMagic(look.host, look.vars), value) : { kind: "ok", value };

const openedValue = (value: Value): Resolved => {
  if (!(value instanceof Vaulted)) return { kind: "ok", value };
  const opened = value.open();
  return opened.kind === "ok" ? { kind: "ok", value: opened.plain } : opened;
};
