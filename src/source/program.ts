import { access, constants, open } from "node:fs/promises";
import { codeOf } from "./read-text.ts";

/**
 * Is a file a program that this user may execute? It must begin as programs do (`#!`, or a binary), not only have the mode:
 * on some file systems every file has it. Pipes are not looked into.
 */
export const programIn = async (file: string): Promise<"executable" | "not executable" | undefined> => {
  const begin = await firstBytes(file);
  if (!begin.startsWith("#!") && begin !== "\x7fELF") return undefined;
  return (await mayExecute(file)) ? "executable" : "not executable";
};

const firstBytes = async (file: string): Promise<string> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) return "";
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
};

const mayExecute = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    if (codeOf(error) === "EACCES") return false;
    throw error;
  }
};
