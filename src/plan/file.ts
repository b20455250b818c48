import type { Action, FileBasis } from "../model/action.ts";
import type { HostPath } from "../model/brand.ts";
import type { Facts, FileState } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Secret } from "../model/host.ts";
import type { Ownership } from "../model/play.ts";

/** What a task wants of one file: its text and who owns it, or that it is gone. `secrets` came out of vaults. */
export type WantedFile = { readonly task: string; readonly path: HostPath; readonly secrets: readonly Secret[] } & (
  | { readonly kind: "text"; readonly text: string; readonly ownership: Ownership }
  | { readonly kind: "gone" }
);

/** An action, nothing to do, a target that ctfleet will not touch, or a file that could not be compared. */
export type FilePlan =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unproven"; readonly because: string };

/** The state of a managed file. The probe answers for every one of them: a gap is a bug. */
export const fileState = (facts: Facts, path: HostPath): FileState => {
  const state = facts.files.get(path);
  if (state === undefined) throw new Error(`the probe was not asked for ${path}`);
  return state;
};

/** Compares a file with what is wanted of it. */
export const planFile = (wanted: WantedFile, facts: Facts): FilePlan => {
  const state = fileState(facts, wanted.path);
  const refused = (detail: string): FilePlan => ({
    kind: "refused",
    failure: { code: "target_refused", detail: `${wanted.path} ${detail}`, sent: false },
  });
  switch (state.kind) {
    case "odd":
      return refused(`is a ${state.what}: ctfleet changes regular files only`);
    case "too_large":
      return refused(`has ${state.size} bytes, more than ctfleet reads`);
    case "unreadable":
      return { kind: "unproven", because: `${wanted.path}: ${state.because}` };
    case "absent":
      if (wanted.kind === "gone") return { kind: "same" };
      return state.folder
        ? plannedWrite(wanted, facts, undefined)
        : refused("cannot be made: its folder does not exist");
    case "regular":
      if (state.links > 1) return refused(`has ${state.links} hard links: another name would keep the old content`);
      return wanted.kind === "gone"
        ? { kind: "action", action: { ...wanted, kind: "remove", from: basisOf(state), before: state.text } }
        : plannedWrite(wanted, facts, state);
  }
};

type Regular = Extract<FileState, { kind: "regular" }>;
type WantedText = Extract<WantedFile, { kind: "text" }>;

const plannedWrite = (wanted: WantedText, facts: Facts, now: Regular | undefined): FilePlan => {
  const { ownership, task, path, text, secrets } = wanted;
  const uid = idOf(ownership.owner, facts.ids.users, now?.uid);
  const gid = idOf(ownership.group, facts.ids.groups, now?.gid);
  const missing =
    uid === undefined
      ? `user ${ownership.owner ?? ""}`
      : gid === undefined
        ? `group ${ownership.group ?? ""}`
        : undefined;
  if (uid === undefined || gid === undefined)
    return {
      kind: "refused",
      failure: { code: "target_refused", detail: `${path}: no ${missing ?? ""} on this host`, sent: false },
    };
  const mode = ownership.mode ?? now?.mode ?? 0o644;
  if (now?.text === text && now.mode === mode && now.uid === uid && now.gid === gid) return { kind: "same" };
  const from = now === undefined ? ({ kind: "absent" } as const) : basisOf(now);
  const before = now === undefined ? "" : now.text;
  return { kind: "action", action: { kind: "write", task, path, text, mode, uid, gid, from, before, secrets } };
};

const basisOf = ({ sha256, mode, uid, gid }: Regular): FileBasis => ({ kind: "regular", sha256, mode, uid, gid });

/** A number stands for itself; a name is looked up among those that the probe found; no name keeps what is, or root. */
const idOf = (
  name: string | undefined,
  known: ReadonlyMap<string, number>,
  current: number | undefined,
): number | undefined => {
  if (name === undefined) return current ?? 0;
  return /^\d+$/.test(name) ? Number(name) : name === "root" ? 0 : known.get(name);
};
