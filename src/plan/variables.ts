import type { Use } from "../expr/uses.ts";
import { holdsTemplate, type Resolved, resolveJinja } from "../inventory/jinja.ts";
import { withMagic } from "../inventory/magic-vars.ts";
import { type InventoryHost, type Value, type Vars, Vaulted } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import { mergeVars } from "../model/vars.ts";

/** What templates and expressions of one play may read on one host. */
export type PlayVars = {
  /** All variables; those that the play reads are evaluated. One that has no value here is a vault that does not open. */
  readonly vars: Vars;
  /** Why a variable that the play reads has no value here, by its name. */
  readonly faults: ReadonlyMap<string, string>;
  /** What came out of vaults among the variables that the play reads. */
  readonly secrets: readonly Vaulted[];
  /**
   * What came out of vaults otherwise: a file may still hold what an earlier play put there. Opening takes its time, so only
   * where a file is shown; short texts are left out, as they would hide parts of other words.
   */
  readonly otherSecrets: () => readonly Vaulted[];
};

const shortest = 4;

/**
 * The variables of a host with the play's above them, as Ansible ranks them. Jinja is evaluated and vaults are opened in
 * what `uses` names alone: what nobody reads may be anything.
 */
export const playVars = (play: Play, host: InventoryHost, uses: readonly Use[]): PlayVars => {
  const written = mergeVars(host.vars, play.vars);
  const scope = withMagic(host, written);
  const vars = mergeVars(written);
  const faults = new Map<string, string>();
  const secrets: Vaulted[] = [];
  for (const name of namesOf(uses, written)) {
    const value = written[name];
    if (value === undefined) continue;
    const evaluated = evaluate(scope, value);
    if (evaluated.kind === "ok") {
      vars[name] = evaluated.value;
      secrets.push(...vaultsIn(evaluated.value));
    } else {
      faults.set(name, evaluated.because);
      vars[name] = new Vaulted(() => evaluated, undefined);
    }
  }
  const otherSecrets = (): readonly Vaulted[] =>
    vaultsIn(written).filter((vault) => {
      const opened = vault.open();
      return opened.kind === "ok" && String(opened.plain).length >= shortest;
    });
  return { vars, faults, secrets, otherSecrets };
};

const namesOf = (uses: readonly Use[], all: Vars): Iterable<string> =>
  uses.some(({ name }) => name === undefined)
    ? Object.keys(all)
    : new Set(uses.flatMap(({ name }) => (name === undefined ? [] : [name])));

const evaluate = (scope: Vars, value: Value): Resolved => {
  const sealed = firstFault(value);
  if (sealed !== undefined) return sealed;
  const resolved = hasWork(value) ? resolveJinja(scope, value) : ({ kind: "ok", value } as const);
  if (resolved.kind === "fault") return resolved;
  return firstFault(resolved.value) ?? evaluatedVault(scope, resolved.value);
};

/** A whole encrypted file is read like any other: text in it may be a template. What `!vault` holds never is one. */
const evaluatedVault = (scope: Vars, value: Value): Resolved => {
  if (!(value instanceof Vaulted) || value.encrypted !== undefined) return { kind: "ok", value };
  const opened = value.open();
  if (opened.kind === "fault" || !holdsTemplate(opened.plain)) return { kind: "ok", value };
  const resolved = resolveJinja(scope, opened.plain);
  if (resolved.kind === "fault" || typeof resolved.value === "object") return resolved;
  return {
    kind: "ok",
    value: typeof resolved.value === "boolean" ? resolved.value : new Vaulted(resolved.value, undefined),
  };
};

const hasWork = (value: Value): boolean => {
  if (typeof value !== "object") return holdsTemplate(value);
  return value !== null && !(value instanceof Vaulted) && Object.values(value).some(hasWork);
};

const vaultsIn = (value: Value): readonly Vaulted[] => {
  if (value instanceof Vaulted) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(vaultsIn) : [];
};

const firstFault = (value: Value): Extract<Resolved, { kind: "fault" }> | undefined => {
  for (const vault of vaultsIn(value)) {
    const opened = vault.open();
    if (opened.kind === "fault") return opened;
  }
  return undefined;
};
