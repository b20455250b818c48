/** Gathers a stream's bytes. At the first byte over the cap everything is dropped and `flooded` is called, once. */
export const collect = (cap: number, flooded: () => void): { push: (chunk: Buffer) => void; bytes: () => Buffer } => {
  let chunks: Buffer[] = [];
  let size = 0;
  const push = (chunk: Buffer): void => {
    if (size > cap) return;
    size += chunk.length;
    if (size <= cap) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    flooded();
  };
  return { push, bytes: () => Buffer.concat(chunks) };
};
