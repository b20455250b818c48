import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, open, rm, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { type Checked, type Problem, problemOf } from "../model/problem.ts";
import { codeOf, refusedFor, utf8 } from "../source/read-text.ts";

/** A folder for this account alone. Throws what the system says. */
export const privateFolder = async (folder: string): Promise<void> => {
  await makeFolder(folder);
  await chmod(folder, 0o700);
};

/** One level at a time: Node's `recursive` never ends where a folder that is there takes no new one (/proc). */
const makeFolder = async (folder: string): Promise<void> => {
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    // Another run may have made it just now.
    if (codeOf(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
  }
};

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (about) => about.isDirectory(),
    () => false,
  );

/** Something of ctfleet's own that could not be written: why, what it is needed for, and what to do. A bug is thrown on. */
export const unwritable = (file: string, error: unknown, need: string): Problem => {
  const code = codeOf(error);
  if (code === "") throw error;
  return unwrittenFor(file, code, need);
};

/** The same by the system's code. */
export const unwrittenFor = (file: string, code: string, need: string): Problem =>
  problemOf(file, `cannot be written (${code}): ${need}${nextStep(code)}`);

const nextStep = (code: string): string => {
  if (code === "ENOSPC" || code === "EDQUOT") return "; make room there, see df -h and df -i";
  const noPlace = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS", "ELOOP"].includes(code);
  return noPlace ? "; mend that folder, or set XDG_STATE_HOME to one that this account may write" : "";
};

/** Opens a new file for this account alone; one that is there, and a link above all, is an error of the system (`EEXIST`). */
export const createPrivate = (file: string): Promise<FileHandle> =>
  open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND, 0o600);

/** A flushed file beside another one, to be renamed to it or linked as it. Its name is nobody else's. */
export const writeBeside = async (file: string, text: string): Promise<string> => {
  const beside = `${file}.${randomBytes(8).toString("hex")}.new`;
  const handle = await createPrivate(beside);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return beside;
};

/** A new name is on disk only when its folder is. */
export const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot flush a folder.
    if (codeOf(error) !== "EINVAL") throw error;
  } finally {
    await handle.close();
  }
};

/**
 * Opens a file that this account wrote earlier; undefined where there is none. What it says is done on hosts: a link, a pipe,
 * another account's file and one that others may write are problems.
 */
export const openOwn = (file: string, flags = constants.O_RDONLY): Promise<Checked<FileHandle | undefined>> =>
  openOf([userInfo().uid], file, flags);

type Opened = Promise<Checked<FileHandle | undefined>>;

const openOf = async (owners: readonly number[], file: string, flags: number): Opened => {
  let handle: FileHandle;
  try {
    // Nothing waits for the other end of a pipe.
    handle = await open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "ok", value: undefined };
    return codeOf(error) === "ELOOP"
      ? refused(file, notRegular)
      : { kind: "problems", problems: [refusedFor(file, error)] };
  }
  const strange = await whyStrange(handle, owners);
  if (strange === undefined) return { kind: "ok", value: handle };
  await handle.close();
  return refused(file, strange);
};

const notRegular = "is not a regular file";

const whyStrange = async (handle: FileHandle, owners: readonly number[]): Promise<string | undefined> => {
  const about = await handle.stat();
  if (!about.isFile()) return notRegular;
  if (!owners.includes(about.uid)) return "belongs to another user";
  return (about.mode & 0o022) === 0 ? undefined : "may be written by others: chmod go-w";
};

/** The text of such a file, where it is no larger than 1 MiB; undefined where there is none. */
export const readOwn = async (file: string): Promise<Checked<string | undefined>> =>
  readFrom(file, await openOwn(file), 1024 * 1024);

/** The same of a file that may be root's, too. `most`: bytes. */
export const readTrusted = async (file: string, most: number): Promise<Checked<string | undefined>> =>
  readFrom(file, await openOf([userInfo().uid, 0], file, constants.O_RDONLY), most);

const readFrom = async (file: string, opened: Awaited<Opened>, most: number): Promise<Checked<string | undefined>> => {
  if (opened.kind === "problems") return opened;
  const handle = opened.value;
  if (handle === undefined) return { kind: "ok", value: undefined };
  try {
    const { size } = await handle.stat();
    if (size > most) return refused(file, `is larger than ${most / 1024 / 1024} MiB`);
    const text = utf8(await handle.readFile());
    return text === undefined ? refused(file, "is not UTF-8 text") : { kind: "ok", value: text };
  } catch (error) {
    return { kind: "problems", problems: [refusedFor(file, error)] };
  } finally {
    await handle.close();
  }
};

export const refused = (file: string, message: string): Checked<never> => ({
  kind: "problems",
  problems: [problemOf(file, message)],
});
