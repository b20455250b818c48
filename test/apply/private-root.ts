import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ConfirmRequest } from "../../src/apply/arm-calls.ts";
import { buildApply } from "../../src/apply/build-apply.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
import type { ApplyResult } from "../../src/apply/result.ts";
import type { Action, FileBasis } from "../../src/model/action.ts";
import type { HostPath, NonEmpty, RunId, SysctlKey } from "../../src/model/brand.ts";

export const shells: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "dash", command: ["dash", "-s"] },
  { name: "bash", command: ["bash", "-s"] },
  { name: "busybox ash", command: ["busybox", "ash", "-s"] },
  { name: "ksh", command: ["ksh", "-s"] },
  { name: "mksh", command: ["mksh", "-s"] },
];
const dash: readonly string[] = ["dash", "-s"];

export const nonce = "0123456789abcdef0123456789abcdef";
export const run = (number = 0): RunId => `20261122T165150Z-3f${String(number).padStart(2, "0")}` as RunId;

export const sysctlConf = "/etc/sysctl.d/90-nf_conntrack.conf";
export const modprobeConf = "/etc/modprobe.d/nf_conntrack.conf";
export const maxKey = "net.netfilter.nf_conntrack_max";
export const maxFile = "/proc/sys/net/netfilter/nf_conntrack_max";
export const hashsizeFile = "/sys/module/nf_conntrack/parameters/hashsize";

export type Host = ReturnType<typeof privateRoot>;

/** A folder that stands for a host's root, removed after the test. */
export const privateRoot = (files: Readonly<Record<string, string>> = {}) => {
  const root = mkdtempSync(join(tmpdir(), "ctfleet apply "));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text, { mode });
  };
  const folders = ["/etc/sysctl.d", "/etc/modprobe.d", "/var/lib", "/proc/self", "/proc/sys/net", "/sys/module"];
  for (const folder of folders) mkdirSync(root + folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) put(path, text);
  return {
    root,
    put,
    read: (path: string): string => readFileSync(root + path, "utf8"),
    mode: (path: string): number => statSync(root + path).mode & 0o7777,
    list: (path: string): readonly string[] => readdirSync(root + path).sort(),
    /** What an action is planned from, as the probe would have read it. */
    basis: (path: string): FileBasis => basis(root + path),
    /** Every file and folder below with what matters of it: equal before and after means that nothing was changed. */
    tree: (): readonly string[] =>
      readdirSync(root, { recursive: true, encoding: "utf8" })
        .sort()
        .map((name) => describe(root, name)),
  };
};

const basis = (file: string): FileBasis => {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { kind: "absent" };
  return {
    kind: "regular",
    sha256: sha256(readFileSync(file)),
    mode: found.mode & 0o7777,
    uid: found.uid,
    gid: found.gid,
  };
};

export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const describe = (root: string, name: string): string => {
  const found = lstatSync(join(root, name));
  const content = found.isFile() ? sha256(readFileSync(join(root, name))) : "";
  return [name, found.mode, found.uid, found.gid, found.nlink, found.mtimeMs, content].join(" ");
};

type Wanted = { readonly mode?: number; readonly uid?: number; readonly gid?: number; readonly from: FileBasis };

export const write = (
  path: string,
  text: string,
  { mode = 0o644, uid = 0, gid = 0, from }: Wanted,
): Extract<Action, { kind: "write" }> => ({
  kind: "write",
  task: "a file",
  path: path as HostPath,
  text,
  mode,
  uid,
  gid,
  from,
  before: undefined,
  secrets: [],
});

export const remove = (path: string, from: FileBasis): Action => ({
  kind: "remove",
  task: "a file less",
  path: path as HostPath,
  from,
  before: undefined,
  secrets: [],
});

export const set = (key: string, to: string, from: string): Action => ({
  kind: "set",
  task: "live",
  key: key as SysctlKey,
  to,
  from,
});
export const setHashsize = (to: number, from: number): Action => ({ kind: "set_hashsize", task: "live", to, from });

type ApplyOptions = {
  readonly root: string;
  readonly actions: NonEmpty<Action>;
  readonly shell?: readonly string[];
  readonly run?: RunId;
  readonly path?: string;
  readonly trial?: number;
  readonly owner?: string;
  readonly confirm?: ConfirmRequest;
  readonly holds?: number;
  /** Shortens the script's patience. */
  readonly edit?: (script: string) => string;
  /** Shell text that prepares a mount and a network namespace of the script's own; `$root` is the private root. */
  readonly inside?: { readonly before: string; readonly after?: string };
};

/** Runs the real script under a real shell; what `inside.after` prints is in `after`. */
export const apply = async (options: ApplyOptions): Promise<{ result: ApplyResult; after: string }> => {
  const { root, actions, inside } = options;
  const after = join(root, "after");
  const child = start(options);
  const stdout = await output(child);
  const result = parseApply(stdout, { nonce, actions });
  return { result, after: inside?.after === undefined ? "" : readFileSync(after, "utf8") };
};

/** The script under way. */
export const start = ({ root, actions, shell = dash, run: id = run(), path, inside, ...rest }: ApplyOptions) => {
  const { trial, owner = "root@controller", confirm, holds, edit = (script: string): string => script } = rest;
  const wrapped =
    inside === undefined
      ? shell
      : [
          "unshare",
          "-m",
          "-n",
          "sh",
          "-c",
          `${inside.before}\n"$@"\n(${inside.after ?? ":"}) >"$root/after"`,
          "sh",
          ...shell,
        ];
  return feed(wrapped, edit(buildApply({ nonce, run: id, root, actions, trial, owner, confirm, holds })), {
    ...process.env,
    root,
    PATH: path ?? process.env["PATH"],
  });
};

/** A shell that is given a script on standard input, whole or not. */
export const feed = (command: readonly string[], script: string | Uint8Array, env = process.env): ChildProcess => {
  const child = spawn(command[0]!, command.slice(1), { stdio: ["pipe", "pipe", "ignore"], env });
  child.stdin.on("error", () => undefined);
  child.stdin.end(script);
  return child;
};

/** Everything on standard output, once every process that held it is gone. */
export const output = async (child: ChildProcess): Promise<Buffer> => {
  const parts: Buffer[] = [];
  child.stdout!.on("data", (part: Buffer) => parts.push(part));
  await new Promise((done) => child.once("close", done));
  return Buffer.concat(parts);
};

export const kinds = (result: ApplyResult): readonly string[] =>
  result.kind === "applied" || result.kind === "failed" ? result.steps.map((step) => step.result.kind) : [];
