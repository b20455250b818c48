import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { parseFacts } from "../../src/facts/parse.ts";
import { buildProbe, type ProbeRequest } from "../../src/facts/probe.ts";
import type { HostPath } from "../../src/model/brand.ts";
import type { Facts } from "../../src/model/facts.ts";

export const nonce = "0123456789abcdef0123456789abcdef";

/** Every shell that may be a host's /bin/sh; the last with busybox's own grep, ls, wc and the others. */
export const shells = {
  dash: ["dash"],
  bash: ["bash", "--posix"],
  "busybox ash": ["busybox", "ash"],
  ksh: ["ksh"],
  mksh: ["mksh"],
  busybox: ["busybox", "ash"],
} as const satisfies Record<string, readonly string[]>;
export type Shell = keyof typeof shells;
export const shellNames = Object.keys(shells) as Shell[];

export const request = (
  over: Partial<Omit<ProbeRequest, "files">> & { readonly files?: readonly string[] } = {},
): ProbeRequest => ({
  nonce,
  root: "",
  owners: { users: [], groups: [] },
  asks: [],
  ...over,
  files: (over.files ?? []) as readonly HostPath[],
});

export type Host = {
  readonly shell: Shell;
  /** Folders that come first in PATH. */
  readonly path?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Words before the shell: strace, setpriv. */
  readonly under?: readonly string[];
};

/** What the probe prints, run as a host would run it: on the standard input of `sh -s`. */
export const runProbe = (wanted: ProbeRequest, host: Host): Uint8Array => {
  const [program = "", ...words] = [...(host.under ?? []), ...shells[host.shell], "-s"];
  const first = [...(host.path ?? []), ...(host.shell === "busybox" ? [busyboxPrograms()] : [])];
  // A UTF-8 login: counts must be bytes all the same.
  const env = { ...process.env, LC_ALL: "C.UTF-8", ...host.env, PATH: [...first, process.env["PATH"]].join(":") };
  const run = spawnSync(program, words, { input: buildProbe(wanted), env, maxBuffer: 64 << 20, timeout: 20_000 });
  if (run.error) throw run.error;
  return run.stdout;
};

export const probe = (wanted: ProbeRequest, host: Host): Facts => {
  const parsed = parseFacts(runProbe(wanted, host), wanted);
  if (parsed.kind === "garbled") throw new Error(`${host.shell}: ${parsed.because}`);
  return parsed.facts;
};

const folders: string[] = [];
// In the file of tests that uses this one.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  programs = undefined;
});

/** A new folder that every user may enter, with a name that a careless script would trip over. */
export const oddFolder = (): string => {
  const outer = mkdtempSync(join(tmpdir(), "ctfleet-facts-"));
  folders.push(outer);
  chmodSync(outer, 0o755);
  const inner = join(outer, `it's a "root" $(exit) *`);
  mkdirSync(inner);
  return inner;
};

let programs: string | undefined;
const busyboxPrograms = (): string => {
  if (programs !== undefined) return programs;
  programs = mkdtempSync(join(tmpdir(), "ctfleet-busybox-"));
  folders.push(programs);
  chmodSync(programs, 0o755);
  for (const name of ["grep", "ls", "wc", "cat", "tail", "date", "id", "uname", "dmesg"])
    symlinkSync("/bin/busybox", join(programs, name));
  return programs;
};

/** Words that run what follows as an ordinary user, where the test may. */
export const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
export const isRoot = process.getuid?.() === 0;
