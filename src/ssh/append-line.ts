import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Appends a line to a file of the user's, made with its folder where missing, by one write of whole lines: other programs
 * may append at the same time. Gives what went wrong, if anything did.
 */
export const appendLine = async (file: string, line: string): Promise<string | undefined> => {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "a+", 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.from("\n");
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      await handle.write(`${last.toString() === "\n" ? "" : "\n"}${line}\n`);
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    return `${file} cannot be written: ${String((error as NodeJS.ErrnoException).code)}`;
  }
};
