import type { Endpoint } from "./connect-options.ts";
import { judgeHostKey } from "./host-key-verdict.ts";
import type { KnownAs } from "./known-hosts.ts";
import { rsaBits } from "./rsa-bits.ts";
import type { Trouble } from "./trouble.ts";

export type HostKeyCheck = {
  /**
   * For ssh2's `hostVerifier`. Without one ssh2 accepts every host, and it takes anything but `false` for yes, a
   * promise, too: so the answer is given through its callback, as a strict boolean, later where a person is asked.
   */
  readonly verify: (key: Buffer, answer: (accept: boolean) => void) => void;
  /** Why the host was refused; undefined as long as it was not. */
  readonly refusal: () => Trouble | undefined;
  /** Stores a new key. To be called after the handshake: only then has the host proven that the key is its own. */
  readonly store: () => void;
  /** Settles when storing is done; until then nothing about the user may be sent. */
  readonly stored: () => Promise<Trouble | undefined>;
};

type Checked = KnownAs & Pick<Endpoint, "hostKeys" | "algorithms">;

/** The only place that decides whether a host is the one that we know. */
export const hostKeyCheck = (endpoint: Checked): HostKeyCheck => {
  const { address, port, hostKeyAlias, hostKeys, algorithms } = endpoint;
  const host = { address, port, hostKeyAlias };
  let refusal: Trouble | undefined;
  let fresh: Buffer | undefined;
  let storing: Promise<Trouble | undefined> = Promise.resolve(undefined);
  const trouble = (key: Uint8Array, because?: string): Trouble => ({
    ...{ kind: "host_key", key, host, files: hostKeys.files },
    verdict: judgeHostKey(hostKeys.find(host), key),
    ...(because === undefined ? {} : { because }),
  });
  const verify = (key: Buffer, answer: (accept: boolean) => void): void => {
    const { kind } = judgeHostKey(hostKeys.find(host), key);
    const refuse = (because?: string): void => {
      refusal = trouble(key, because);
      answer(false);
    };
    const bits = rsaBits(key);
    const least = algorithms?.rsaBits ?? 0;
    if (bits !== undefined && bits < least) {
      refusal = { kind: "protocol", message: `its host key has ${bits} bits, and RequiredRSASize wants ${least}` };
      answer(false);
    } else if (kind === "known") answer(true);
    else if (kind !== "unknown" || hostKeys.admit === undefined) refuse();
    else
      hostKeys
        .admit({ ...host, key })
        .catch(() => false)
        .then((admitted) => {
          if (!admitted) {
            refuse("which was not accepted when asked");
            return;
          }
          fresh = key;
          answer(true);
        })
        // What the library throws in its answer comes back as its own error event.
        .catch(() => undefined);
  };
  const store = (): void => {
    const key = fresh;
    if (key === undefined) return;
    fresh = undefined;
    storing = hostKeys
      .add({ ...host, key })
      .then((because) => (because === undefined ? undefined : trouble(key, `which could not be added: ${because}`)));
  };
  return {
    verify: (key, answer) => verify(Buffer.from(key), answer),
    refusal: () => refusal,
    store,
    stored: () => storing,
  };
};
