import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFacts } from "../../src/facts/parse.ts";
import { buildProbe } from "../../src/facts/probe.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Vm } from "../support/vm.ts";
import type { GuestShell } from "../support/vm-ssh.ts";

/** What the guest's kernel has: every conntrack key by its name below net.netfilter, and the hash size as sysfs says it. */
export type ConntrackValues = {
  readonly loaded: boolean;
  readonly hashsize: number | undefined;
  readonly max: number | undefined;
  /** Without the count, which changes by itself. */
  readonly keys: Readonly<Record<string, string>>;
};

/** Reads them from /proc and /sys, and nothing else: asking iptables would load modules. */
export const conntrackValues = async (run: GuestShell): Promise<ConntrackValues> => {
  const seen = await run(
    "grep -s '' /proc/sys/net/netfilter/nf_conntrack_* /sys/module/nf_conntrack/parameters/hashsize || true",
  );
  const read = new Map(
    seen
      .split("\n")
      .filter((line) => line !== "")
      .map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(line.lastIndexOf("/", colon) + 1, colon), line.slice(colon + 1)];
      }),
  );
  const number = (name: string) => (read.has(name) ? Number(read.get(name)) : undefined);
  const keys = [...read].filter(([name]) => name !== "hashsize" && name !== "nf_conntrack_count");
  return {
    loaded: read.has("hashsize"),
    hashsize: number("hashsize"),
    max: number("nf_conntrack_max"),
    keys: Object.fromEntries(keys),
  };
};

/** What ctfleet's own probe finds, as its typed facts: for what the reports do not show whole. */
export const factsOf = async (run: GuestShell): Promise<Facts> => {
  const request = { nonce: "0".repeat(32), root: "", files: [], asks: [], owners: { users: [], groups: [] } };
  const parsed = parseFacts(Buffer.from(await run("sh -s", buildProbe(request))), request);
  if (parsed.kind === "garbled") throw new Error(parsed.because);
  return parsed.facts;
};

/** Every path of /etc with kind, mode, owner and content: one line each, by path. */
export const etcOf = async (run: GuestShell): Promise<ReadonlyMap<string, string>> => {
  const seen = await run(
    "find /etc -printf '%p\\t%y %m %U %G %l\\n'; find /etc -type f -exec sha256sum {} + | sed 's/^\\([^ ]*\\)  \\(.*\\)/\\2\\t\\1/'",
  );
  const found = new Map<string, string>();
  for (const line of seen.trim().split("\n")) {
    const [path = "", what = ""] = line.split("\t");
    found.set(path, `${found.get(path) ?? ""}${what} `);
  }
  return found;
};

/** The keys of two maps at which they differ. */
export const differing = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).sort();

/** A rule that matches on connection state: from now on the kernel tracks, and xt_conntrack holds the module. */
export const track = (run: GuestShell): Promise<string> =>
  run("iptables -w 10 -A INPUT -m conntrack --ctstate INVALID -j DROP");

const fillProgram = readFileSync(join(import.meta.dirname, "fill.pl"), "utf8");

/**
 * Sends packets of so many new flows in one session, which a full table cannot refuse; lines of sh before and after run
 * in the same one. Gives what they print.
 */
export const fill = (
  run: GuestShell,
  { flows, before = "true", after = "true" }: { flows: number; before?: string; after?: string },
): Promise<string> => run(`${before}; perl - ${flows} && ${after}`, fillProgram, 300_000);

/** How many packets the kernel has dropped: the sum of a column of /proc/net/stat/nf_conntrack, which is hexadecimal. */
export const counted = async (run: GuestShell, column: string): Promise<number> => {
  const [head = "", ...rows] = (await run("cat /proc/net/stat/nf_conntrack")).trim().split("\n");
  const at = head.trim().split(/\s+/).indexOf(column);
  return rows.reduce((sum, row) => sum + Number.parseInt(row.trim().split(/\s+/)[at]!, 16), 0);
};

/** What ctfleet has at work or waiting in the guest: files, units, timers, processes; a line each, none where it is done. */
export const waitingIn = (run: GuestShell): Promise<string> =>
  run(
    [
      "cd /var/lib/ctfleet 2>/dev/null && grep -sH . lock pending reverting",
      "find /etc/systemd /run/systemd /etc/cron.d /etc/rc.local -name '*ctfleet*' 2>/dev/null",
      "systemctl list-units --no-legend --plain 'ctfleet*'; systemctl list-timers --all --no-legend 'ctfleet*'",
      // The backslash: the pattern does not match the shell that looks.
      "pgrep -af '(revert|trial)\\.sh'; true",
    ].join("\n"),
  );

/** `RUN PART BOOT UP WHY`: what the host wrote down when it put a change back. Throws where it has not. */
export const putBack = async (run: GuestShell): Promise<{ run: string; boot: string; up: number; why: string }> => {
  const [of = "", , boot = "", up = "", why = ""] = (await run("cat /var/lib/ctfleet/reverted")).trim().split(" ");
  return { run: of, boot, up: Number(up), why };
};

/** Looks again until it holds: the host goes by its own clock. */
export const eventually = async (within: number, look: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + within;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error("it did not come true in time");
  }
};

/** Puts files in place; `undefined` takes one away. */
export const layOut = async (run: GuestShell, files: Readonly<Record<string, string | undefined>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) await run(`rm -f '${path}'`);
    else await run(`mkdir -p "$(dirname '${path}')" && cat >'${path}'`, text);
  }
};

/**
 * The truth that a prediction is held against: lays out the files, reboots, and gives what the kernel has then. `needed`
 * says what loads the module after the boot, as a rule of a firewall or an operator would, where nothing at boot does.
 */
export const afterBoot = async (
  vm: Vm,
  files: Readonly<Record<string, string | undefined>>,
  needed?: string,
): Promise<ConntrackValues> => {
  await layOut(vm.run, files);
  await vm.reboot();
  if (needed !== undefined) await vm.run(needed);
  return conntrackValues(vm.run);
};
