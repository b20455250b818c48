import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFacts } from "../../src/facts/parse.ts";
import { buildProbe } from "../../src/facts/probe.ts";
import { handOver, labAccount } from "../../src/lab/account.ts";
import { hostChildren } from "../../src/lab/children.ts";
import type { Kind } from "../../src/lab/kind.ts";
import { boot, readBootTime, writeUptime } from "../../src/lab/power.ts";
import { settle } from "../../src/lab/settle.ts";
import { writeStandIns } from "../../src/lab/stand-ins.ts";
import { hostFolders, writeHost } from "../../src/lab/write-host.ts";
import type { HostPath } from "../../src/model/brand.ts";
import type { Facts } from "../../src/model/facts.ts";

/** Practice hosts without a network: their files, and scripts that run on them. */
export type Practice = {
  readonly host: (kind: Kind) => PracticeHost;
  readonly remove: () => void;
};

export type PracticeHost = {
  /** What a script prints; rejects where it fails. */
  readonly run: (script: string) => Promise<string>;
  readonly facts: (managed?: readonly HostPath[]) => Promise<Facts>;
  readonly reboot: () => Promise<void>;
};

export const practice = async (): Promise<Practice> => {
  const folder = mkdtempSync(join(tmpdir(), "ctfleet-practice-"));
  chmodSync(folder, 0o755);
  const standIns = join(folder, "stand-ins");
  await writeStandIns(standIns);
  let made = 0;
  return {
    host: (kind) => hostIn(join(folder, `${kind.name}-${++made}`), standIns, kind),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const hostIn = (folder: string, standIns: string, kind: Kind): PracticeHost => {
  const folders = hostFolders(folder);
  const account = labAccount();
  mkdirSync(folder);
  writeHost(folders, kind, Date.now() / 1000);
  handOver(folders.root, account);
  handOver(folders.state, account);
  const children = hostChildren({ name: kind.name, folders, standIns, account });
  const start = async (script: string): Promise<Buffer> => {
    writeUptime(folders, await readBootTime(folders));
    const child = children.start(["-s"])!;
    const [out, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.stdin.end(script);
    const [status] = (await once(child, "close")) as [number | null];
    await settle(folders.root, kind.machine);
    if (status !== 0) throw new Error(`${kind.name}: exit ${status}: ${Buffer.concat(errors).toString()}`);
    return Buffer.concat(out);
  };
  return {
    run: async (script) => (await start(script)).toString().trimEnd(),
    facts: async (managed = []) => {
      const request = {
        nonce: "0123456789abcdef0123456789abcdef",
        root: folders.root,
        files: managed,
        asks: [],
        owners: { users: [], groups: [] },
      };
      const parsed = parseFacts(await start(buildProbe(request)), request);
      if (parsed.kind === "garbled") throw new Error(`${kind.name}: ${parsed.because}`);
      return parsed.facts;
    },
    reboot: () => boot({ folders, children, machine: kind.machine, bootedAt: Date.now() / 1000 }),
  };
};
