import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";

/** Milliseconds, and bytes. */
type Limits = { readonly within: number; readonly most: number };

/**
 * The bytes of a named pipe up to its end, or why they are not taken. It is looked into again and again, not waited for: a
 * thread that waits for somebody to write would keep the whole program from ending, by Ctrl-C too.
 */
export const readPipe = async (file: string, { within, most }: Limits): Promise<Uint8Array | string> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const deadline = performance.now() + within;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = await nextChunk(handle);
      if (chunk !== undefined && chunk.byteLength > 0) {
        chunks.push(chunk);
        size += chunk.byteLength;
        if (size > most) return `is larger than ${most / 1024 / 1024} MiB`;
      } else if (chunk !== undefined && size > 0) return Buffer.concat(chunks);
      // nothing yet: nobody has opened it for writing, or there is more to come
      else if (performance.now() > deadline)
        return size === 0 ? "is a pipe, and nobody writes to it" : "is a pipe that did not end in time";
      else await after(look);
    }
  } finally {
    await handle.close();
  }
};

const look = 10;

/** Empty where nobody has it open for writing; undefined where somebody has, and has written nothing new. */
const nextChunk = async (handle: FileHandle): Promise<Uint8Array | undefined> => {
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
};
