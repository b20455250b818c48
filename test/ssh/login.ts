import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import type { ConnectResult, ExecRequest, ExecResult, Remote } from "../../src/remote/port.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { loadHostKeys } from "../../src/ssh/host-keys.ts";
import { type Identity, loadKeys } from "../../src/ssh/identity.ts";
import { testPassword } from "../support/accounts.ts";
import type { Sshd } from "../support/sshd.ts";

export const nobody: Identity = { keys: [], unusable: [], agentSocket: undefined, password: undefined };
export const byPassword = (text = testPassword): Identity => ({ ...nobody, password: secret(text) });

export const byKey = async (path: string, passphrase?: string): Promise<Identity> => ({
  ...nobody,
  ...(await loadKeys([{ path, optional: false }], () =>
    Promise.resolve(passphrase === undefined ? undefined : secret(passphrase)),
  )),
});

/** What a connection to the first host of a fleet needs, with its client key and strict checking. */
export const optionsFor = async (sshd: Sshd, at = 0): Promise<ConnectOptions> => ({
  address: sshd.hosts[at]!.address,
  port: sshd.hosts[at]!.port,
  user: "root",
  hostKeys: await loadHostKeys({ files: [sshd.knownHostsFile], acceptNew: false }),
  identity: await byKey(sshd.clientKey),
  timeouts: { connect: 5000, login: 10_000 },
  clock: systemClock,
});

/** Connects and hands the remote on; closes it at the end. Throws when the host does not let us in. */
export const withRemote = async <T>(options: ConnectOptions, use: (remote: Remote) => Promise<T>): Promise<T> => {
  const result = await connect(options);
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
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
  return { status: result.status, stdout: text(result.stdout), stderr: text(result.stderr) };
};
