import { judgeHostKey } from "./host-key-verdict.ts";
import type { HostKeys } from "./host-keys.ts";
import type { Trouble } from "./trouble.ts";

export type HostKeyCheck = {
  /**
   * For ssh2's `hostVerifier`. Without one ssh2 accepts every host, and it takes anything but `false` for yes, a
   * promise, too: so the answer is given through its callback, at once, as a strict boolean.
   */
  readonly verify: (key: Buffer, answer: (accept: boolean) => void) => void;
  /** Why the host was refused; undefined as long as it was not. */
  readonly refusal: () => Trouble | undefined;
  /** Stores a new key. To be called after the handshake: only then has the host proven that the key is its own. */
  readonly store: () => void;
  /** Settles when storing is done; until then nothing about the user may be sent. */
  readonly stored: () => Promise<Trouble | undefined>;
};

type Options = { readonly address: string; readonly port: number; readonly hostKeys: HostKeys };

/** The only place that decides whether a host is the one that we know. */
export const hostKeyCheck = ({ address, port, hostKeys }: Options): HostKeyCheck => {
  let refusal: Trouble | undefined;
  let fresh: Buffer | undefined;
  let storing: Promise<Trouble | undefined> = Promise.resolve(undefined);
  const trouble = (key: Uint8Array, because?: string): Trouble => ({
    ...{ kind: "host_key", key, address, port, files: hostKeys.files },
    verdict: judgeHostKey(hostKeys.find(address, port), key),
    ...(because === undefined ? {} : { because }),
  });
  const verify = (key: Buffer, answer: (accept: boolean) => void): void => {
    const { kind } = judgeHostKey(hostKeys.find(address, port), key);
    const accept = kind === "known" || (kind === "unknown" && hostKeys.add !== undefined);
    if (!accept) refusal = trouble(key);
    else if (kind === "unknown") fresh = Buffer.from(key);
    answer(accept);
  };
  const store = (): void => {
    const key = fresh;
    if (key === undefined || hostKeys.add === undefined) return;
    fresh = undefined;
    storing = hostKeys
      .add({ address, port, key })
      .then((because) => (because === undefined ? undefined : trouble(key, because)));
  };
  return { verify, store, refusal: () => refusal, stored: () => storing };
};
