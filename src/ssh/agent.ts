import type { Duplex } from "node:stream";
import {
  type GetStreamCallback,
  type IdentityCallback,
  OpenSSHAgent,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";
import type { Clock } from "../remote/port.ts";
import { startDeadline } from "./deadline.ts";
import { type KeyRules, maySign, refusalOf, unrestricted } from "./key-rules.ts";

type AgentKey = ParsedKey | PublicKeyEntry;

/** Which of an agent's keys to offer, and in which order. */
export type Choose = <T extends AgentKey>(keys: readonly T[]) => T[];

/** An SSH agent of which only some keys are seen, and whose connections can all be closed. */
export class ClosableAgent extends OpenSSHAgent {
  readonly #streams = new Set<Duplex>();
  readonly #choose: Choose;
  readonly #rules: KeyRules;

  /** How many keys were chosen: undefined before it is asked, 0 also when it does not answer. */
  offered: number | undefined;

  constructor(socketPath: string, choose: Choose, rules: KeyRules = unrestricted) {
    super(socketPath);
    this.#choose = choose;
    this.#rules = rules;
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
      const chosen = keys && this.#choose(keys.filter((key) => isPermitted(key, this.#rules)));
      this.offered = chosen?.length ?? 0;
      callback(error, chosen);
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): boolean {
    const [request, answer] = typeof options === "function" ? [{}, options] : [options ?? {}, callback];
    const { hash = "sha1" } = request;
    if (typeof key === "string" || !("type" in key) || key.type !== "ssh-rsa" || maySign(hash, this.#rules))
      return super.sign(key, data, request, answer);
    answer?.(new Error(`${hash} is not allowed`));
    return false;
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

/** The public part of a key in wire form, base64: what two copies of one key have in common. */
export const publicPart = (key: AgentKey): string => parsedOf(key)?.getPublicSSH().toString("base64") ?? "";

const parsedOf = (key: AgentKey): ParsedKey | undefined => {
  const parsed = "pubKey" in key ? key.pubKey : key;
  return "getPublicSSH" in parsed ? parsed : undefined;
};

const isPermitted = (key: AgentKey, rules: KeyRules): boolean => {
  const parsed = parsedOf(key);
  return parsed !== undefined && refusalOf(parsed, rules) === undefined;
};

/** Milliseconds that an agent may take to list its keys. */
const patience = 5000;

/** The public parts of what an agent holds; none where it does not answer. */
export const keysOfAgent = (socketPath: string, clock: Clock): Promise<ReadonlySet<string>> =>
  new Promise((resolve) => {
    const agent = new ClosableAgent(socketPath, (keys) => [...keys]);
    const settle = (keys: readonly AgentKey[]): void => {
      cancel();
      agent.close();
      resolve(new Set(keys.map(publicPart)));
    };
    const cancel = startDeadline(clock, patience, () => settle([]));
    agent.getIdentities((_error, keys) => settle(keys ?? []));
  });
