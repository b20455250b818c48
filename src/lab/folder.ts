import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ssh2 from "ssh2";
import { type Account, handOver } from "./account.ts";
import type { Kind } from "./kind.ts";
import { writeStandIns } from "./stand-ins.ts";
import { hostFolders, writeHost } from "./write-host.ts";

/** Something that the person who started the fleet can put right. */
export class LabProblem extends Error {}

const mark = "lab.json";
const version = 2;

/** Makes a folder a fleet's, or finds that it is one; the hosts of an earlier start keep their files and keys. */
export const prepareFolder = async (dir: string, kinds: readonly Kind[], account: Account): Promise<void> => {
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const names = await readdir(dir);
  if (names.length > 0) await checkMark(dir, names);
  await lock(dir);
  await writeFile(join(dir, mark), `${JSON.stringify({ schema: version })}\n`);
  await writeStandIns(join(dir, "stand-ins"));
  await mkdir(join(dir, "hosts"), { recursive: true });
  if (account.drops) await checkReach(dir, account);
  const here = new Set(await readdir(join(dir, "hosts")));
  const now = Date.now() / 1000;
  for (const kind of kinds) if (!here.has(kind.name)) await makeHost({ dir, kind, account, now });
};

const checkMark = async (dir: string, names: readonly string[]): Promise<void> => {
  if (!names.includes(mark))
    throw new LabProblem(`${dir} holds files and no practice fleet: name a new or an empty folder`);
  const found = await readFile(join(dir, mark), "utf8");
  if (found.trim() !== JSON.stringify({ schema: version }))
    throw new LabProblem(`${dir} holds a practice fleet of another version: remove it, or name another folder`);
};

/** One fleet per folder: two would change the same hosts. */
const lock = async (dir: string): Promise<void> => {
  const path = join(dir, "lab.pid");
  const holder = Number(await readFile(path, "utf8").catch(() => "0"));
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new LabProblem(`${dir} is in use by process ${holder}: stop it, or name another folder`);
  await writeFile(path, `${process.pid}\n`);
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Gives the folder up, if it is ours. */
export const unlock = async (dir: string): Promise<void> => {
  const path = join(dir, "lab.pid");
  const holder = await readFile(path, "utf8").catch(() => "");
  if (holder === `${process.pid}\n`) await rm(path, { force: true });
};

/** Under another name until it is whole, so that a start that was cut off leaves no half host. */
const makeHost = async (request: { dir: string; kind: Kind; account: Account; now: number }): Promise<void> => {
  const { dir, kind, account, now } = request;
  const unfinished = join(dir, "hosts", `.${kind.name}`);
  await rm(unfinished, { recursive: true, force: true });
  const folders = hostFolders(unfinished);
  writeHost(folders, kind, now);
  handOver(folders.root, account);
  handOver(folders.state, account);
  await rename(unfinished, hostFolder(dir, kind));
};

export const hostFolder = (dir: string, { name }: Kind): string => join(dir, "hosts", name);

/** A private key of the fleet: the one from an earlier start, else a new one, for this user's eyes only. */
export const keepKey = async (path: string): Promise<string> => {
  const old = await readFile(path, "utf8").catch(() => undefined);
  if (old !== undefined) return old;
  const key = newKey();
  await writeFile(path, key, { mode: 0o600 });
  await chmod(path, 0o600);
  return key;
};

/** ssh2 drops a zero byte that a public key begins with, and then cannot read its own key: about one in 200. */
const newKey = (): string => {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync("ed25519", { comment: "ctfleet practice fleet" }).private;
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
};

/** The hosts' programs run as an ordinary user, who must be able to come here. */
const checkReach = async (dir: string, { uid, gid }: Account): Promise<void> => {
  try {
    await promisify(execFile)("/bin/sh", ["-c", 'cd "$0"', join(dir, "hosts")], { uid, gid, timeout: 10_000 });
  } catch {
    throw new LabProblem(
      `${dir} cannot be reached by an ordinary user, as whom the practice hosts run: name a folder under /tmp`,
    );
  }
};
