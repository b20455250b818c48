import type { Duplex } from "node:stream";
import { type GetStreamCallback, type IdentityCallback, OpenSSHAgent, type ParsedKey, type PublicKeyEntry } from "ssh2";

/** An SSH agent that puts the keys of given files first and whose connections can all be closed. */
export class ClosableAgent extends OpenSSHAgent {
  readonly #streams = new Set<Duplex>();
  readonly #first: ReadonlySet<string>;

  /** How many keys it has: undefined before it is asked, 0 also when it does not answer. */
  offered: number | undefined;

  constructor(socketPath: string, first: readonly ParsedKey[]) {
    super(socketPath);
    this.#first = new Set(first.map(publicPart));
  }

  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      if (stream) {
        this.#streams.add(stream);
        stream.once("close", () => this.#streams.delete(stream));
      }
      callback(error, stream);
    });
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      this.offered = keys?.length ?? 0;
      const isFirst = (key: ParsedKey | PublicKeyEntry): boolean => this.#first.has(publicPart(key));
      // sshd closes after a few keys: those that were asked for must not come last.
      callback(error, keys && [...keys.filter(isFirst), ...keys.filter((key) => !isFirst(key))]);
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

const publicPart = (key: ParsedKey | PublicKeyEntry): string => {
  const parsed = "pubKey" in key ? key.pubKey : key;
  return "getPublicSSH" in parsed ? parsed.getPublicSSH().toString("base64") : "";
};
