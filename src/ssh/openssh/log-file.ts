import { open, stat, statfs } from "node:fs/promises";

/** No login comes near it; a host that makes the program write more is read to here. */
const cap = 1024 * 1024;

/** What a log holds from a byte on; empty where it cannot be read: it may not be there yet, or no longer. */
export const readLogFile = async (file: string, from = 0): Promise<string> => {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.min(cap, Math.max(0, size - from)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      return bytes.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
};

/** How long a log is, in bytes. */
export const sizeOfLogFile = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
};

/** Is there no room left for a log? ssh says nothing of it, and what it logs is lost. */
export const isDiskFull = async (folder: string): Promise<boolean> => {
  try {
    return (await statfs(folder)).bavail === 0;
  } catch {
    return false;
  }
};
