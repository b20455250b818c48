import type { Duplex } from "node:stream";

/** What a host says before its identification: it may explain there why it hangs up. */
export type Greeting = {
  /** The text so far, without the identification. */
  readonly words: () => string;
  /** The identification (`SSH-2.0-OpenSSH_9.2`), as far as it has come. */
  readonly identification: () => string;
};

/** Reads along until the host has said `SSH-`, which may come after lines of other text; then calls back. */
export const readGreeting = (stream: Duplex, identified: () => void): Greeting => {
  let text = "";
  const look = (chunk: Buffer): void => {
    text = (text + chunk.toString("latin1")).slice(-longestLine);
    if (!/^SSH-/m.test(text)) return;
    stream.off("data", look);
    identified();
  };
  // The stream is paused until the library reads from it, too: no byte is lost to it.
  stream.on("data", look);
  return {
    identification: () => (/^SSH-[^\r\n]*/m.exec(text)?.[0] ?? "").slice(0, mostWords),
    words: () =>
      text
        .replace(/^SSH-[\s\S]*/m, "")
        .trim()
        .slice(0, mostWords),
  };
};

const longestLine = 8192;
/** Characters that a failure shows. */
const mostWords = 200;
