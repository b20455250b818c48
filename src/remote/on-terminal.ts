import wrapper from "./on-terminal.sh";

/** What a script's standard input becomes where its shell reads from a terminal: each part after its size in bytes. */
export const onTerminal = (script: string): string => [wrapper, script].map(sized).join("");

const sized = (text: string): string => `${Buffer.byteLength(text)}\n${text}`;

type Output = { readonly stdout: Uint8Array; readonly stderr: Uint8Array };

/** Takes the two streams of a script apart again. Without the mark the script did not end, or never began. */
export const apart = (terminal: Uint8Array, nonce: string): Output => {
  const bytes = Buffer.from(terminal.buffer, terminal.byteOffset, terminal.byteLength);
  const mark = `\n@${nonce} stderr\n`;
  const at = bytes.lastIndexOf(mark);
  return at < 0
    ? { stdout: bytes, stderr: Buffer.alloc(0) }
    : { stdout: bytes.subarray(0, at), stderr: bytes.subarray(at + mark.length) };
};
