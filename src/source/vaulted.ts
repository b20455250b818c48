import { type Opened, type Value, Vaulted } from "../model/host.ts";
import type { Position } from "../model/problem.ts";
import type { Entry, Scalar } from "./tree.ts";
import type { Vault } from "./vault.ts";

/** Where a text's parts stand, what opens vaults in it, and whether it came out of an encrypted file as a whole. */
export type Origin = {
  readonly place: (offset: number) => Position;
  readonly vault: Vault;
  readonly encrypted: boolean;
};

/** A `!vault` scalar. It is opened when it is used, and its place is worked out for a fault alone. */
export const vaulted = ({ text, offset }: Scalar, { place, vault }: Origin): Vaulted =>
  new Vaulted((): Opened => {
    const opened = vault.decrypt(text);
    if (opened.kind === "ok") return opened;
    const { file, line, column } = place(offset);
    return { kind: "fault", because: `${file}:${line}:${column}: ${opened.because}` };
  }, text);

/** `{"__ansible_vault": "..."}`: what `ansible-inventory --list` prints for a `!vault` value, and Ansible reads again. */
export const vaultedJson = ([first, ...others]: readonly Entry[], origin: Origin): Vaulted | undefined => {
  if (first === undefined || others.length > 0) return undefined;
  const { key, value } = first;
  const named = key.kind === "scalar" && key.text === "__ansible_vault";
  return named && value.kind === "scalar" ? vaulted(value, origin) : undefined;
};

/** Of an encrypted file, texts and numbers are secrets; true, false and null are not. */
export const sealed = (value: unknown, { encrypted }: Origin): unknown =>
  encrypted && (typeof value === "string" || typeof value === "number") ? new Vaulted(value, undefined) : value;

/** The same for a value with all that is in it. */
export const sealedThroughout = (value: Value, encrypted: boolean): Value => {
  if (!encrypted || typeof value === "boolean" || value === null || value instanceof Vaulted) return value;
  if (typeof value !== "object") return new Vaulted(value, undefined);
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => sealedThroughout(one, encrypted));
  const entries = Object.entries(value).map(([name, one]) => [name, sealedThroughout(one, encrypted)] as const);
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries));
};

/** The names in an encrypted file are no secrets. */
export const nameIn = (value: unknown): unknown => {
  if (!(value instanceof Vaulted) || value.encrypted !== undefined) return value;
  const opened = value.open();
  return opened.kind === "ok" ? opened.plain : value;
};
