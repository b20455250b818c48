import type { Clock } from "../remote/port.ts";
import { keysOfAgent, publicPart } from "./agent.ts";
import type { Identity, LoginMethod } from "./identity.ts";
import { type AskPassphrase, type KeyFile, type LoadedKey, loadKeyFile, missing } from "./key-file.ts";

/** Everything about a login but its password. */
export type Keys = Omit<Identity, "password">;

export type KeysRequest = {
  readonly files: readonly KeyFile[];
  readonly onlyNamed: boolean;
  readonly agentSocket: string | undefined;
  readonly methods: readonly LoginMethod[];
};

/** The keys of one run: each file is read, and each passphrase asked for, once. */
export type Keyring = (request: KeysRequest) => Promise<Keys>;

type Options = { readonly clock: Clock; readonly ask: AskPassphrase | undefined };

export const openKeyring = ({ clock, ask }: Options): Keyring => {
  const held = cached((socket: string) => keysOfAgent(socket, clock));
  const load = cached(async (source: string): Promise<LoadedKey> => {
    const { path, optional, agentSocket } = JSON.parse(source) as KeyFile & { agentSocket?: string };
    const keys = agentSocket === undefined ? new Set<string>() : await held(agentSocket);
    // The agent most likely has what opens the hosts: only a key that somebody named is then worth a question.
    const mayAsk = !(optional && keys.size > 0);
    return loadKeyFile({ path, ask: mayAsk ? askOnce : undefined, isHeld: (key) => keys.has(publicPart(key)) });
  });
  const askOnce = ask && cached(ask);
  const gather = async ({ files, agentSocket, ...rest }: KeysRequest): Promise<Keys> => {
    const loaded: (LoadedKey & KeyFile)[] = [];
    // One after another: each may ask a question.
    for (const file of files) loaded.push({ ...file, ...(await load(JSON.stringify({ ...file, agentSocket }))) });
    return {
      ...{ ...rest, agentSocket },
      keys: loaded.flatMap(({ path, optional, privateKey }) =>
        privateKey ? [{ file: path, key: privateKey, optional }] : [],
      ),
      named: loaded.flatMap(({ path, publicKey }) => (publicKey ? [{ file: path, key: publicKey }] : [])),
      unusable: loaded.flatMap(({ path, optional, trouble }) =>
        trouble === undefined || (optional && trouble === missing) ? [] : [`${path}: ${trouble}`],
      ),
    };
  };
  const whole = cached((request: string) => gather(JSON.parse(request) as KeysRequest));
  return (request) => whole(JSON.stringify(request));
};

const cached = <T>(make: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const made = new Map<string, Promise<T>>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
};
