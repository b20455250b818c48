import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import type { ConnectResult, ExecRequest, ExecResult, Remote } from "../../src/remote/port.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { type HostKeys, type HostKeysRequest, loadHostKeys } from "../../src/ssh/host-keys.ts";
import { type Identity, loginMethods } from "../../src/ssh/identity.ts";
import type { KeyFile } from "../../src/ssh/key-file.ts";
import { type Keys, type KeysRequest, openKeyring } from "../../src/ssh/keyring.ts";
import { type Network, openNetwork } from "../../src/ssh/network.ts";
import { testPassword } from "../support/accounts.ts";
import type { Sshd } from "../support/sshd.ts";

export const nobody: Identity = {
  ...{ keys: [], named: [], onlyNamed: false, unusable: [], methods: loginMethods },
  ...{ agentSocket: undefined, password: undefined },
};
export const byPassword = (text = testPassword): Identity => ({ ...nobody, password: secret(text) });

/** What a keyring of its own gives for these files. */
export const keysOf = (
  files: readonly (string | KeyFile)[],
  { passphrase, ...rest }: Partial<KeysRequest> & { readonly passphrase?: string } = {},
): Promise<Keys> =>
  openKeyring({
    clock: systemClock,
    ask: () => Promise.resolve(passphrase === undefined ? undefined : secret(passphrase)),
  })({
    ...{ onlyNamed: false, agentSocket: undefined, methods: loginMethods },
    ...{ files: files.map((file) => (typeof file === "string" ? { path: file, optional: false } : file)), ...rest },
  });

export const byKey = async (path: string, passphrase?: string): Promise<Identity> => ({
  ...nobody,
  ...(await keysOf([path], passphrase === undefined ? {} : { passphrase })),
});

/** Host keys from these files, strictly unless asked otherwise. */
export const knownIn = (userFiles: readonly string[], rest: Partial<HostKeysRequest> = {}): Promise<HostKeys> =>
  loadHostKeys({ userFiles, globalFiles: [], policy: "strict", hash: false, ...rest });

/** For tests that share nothing on purpose. */
export const network: Network = openNetwork({ clock: systemClock });

/** What a connection to the first host of a fleet needs, with its client key and strict checking. */
export const optionsFor = async (sshd: Sshd, at = 0): Promise<ConnectOptions> => ({
  ...{ address: sshd.hosts[at]!.address, port: sshd.hosts[at]!.port, user: "root", hostKeyAlias: undefined },
  ...{ hostKeys: await knownIn([sshd.knownHostsFile]), identity: await byKey(sshd.clientKey) },
  ...{ family: 0, bindAddress: undefined, keepAlive: { interval: 15_000, countMax: 3 } },
  ...{ timeouts: { connect: 5000, login: 10_000 }, via: { kind: "direct" }, clock: systemClock },
});

/** Connects and hands the remote on; closes it at the end. Throws when the host does not let us in. */
export const withRemote = async <T>(
  options: ConnectOptions,
  use: (remote: Remote) => Promise<T>,
  over: Network = network,
): Promise<T> => {
  const result = await connect(options, over);
  if (result.kind === "failed") throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  try {
    return await use(result.remote);
  } finally {
    result.remote.close();
  }
};

export const script = (stdin: string, rest: Partial<ExecRequest> = {}): ExecRequest => ({
  ...{ command: ["/bin/sh", "-s"], stdin, within: 10_000, caps: { stdout: 100_000, stderr: 10_000 }, changes: false },
  ...rest,
});

/** `CODE: DETAIL` of what did not work; throws when it did. */
export const failureText = (result: ConnectResult | ExecResult): string => {
  if (result.kind !== "failed") throw new Error(`expected a failure, got ${result.kind}`);
  return `${result.failure.code}: ${result.failure.detail}`;
};

/** Exit status and output as text. */
export const output = (result: ExecResult): { status: number; stdout: string; stderr: string } => {
  if (result.kind === "failed") throw new Error(failureText(result));
  if (result.kind === "not_ready") throw new Error(`not ready: ${result.because}`);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
  return { status: result.status, stdout: text(result.stdout), stderr: text(result.stderr) };
};
