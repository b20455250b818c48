import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Connection } from "ssh2";
import { afterEach, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { byPassword, failureText, knownIn, network, script, withRemote } from "./login.ts";

const password = "pässword $& 1";

/** What the library's own servers never do: a farewell in words of their own. */
type Wire = {
  readonly _packetRW: {
    readonly write: {
      readonly allocStartKEX: number;
      readonly alloc: (length: number, bypass: boolean) => Buffer;
      readonly finalize: (packet: Buffer, bypass: boolean) => Buffer;
    };
  };
  readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
};

const disconnect = (connection: Connection, words: string): void => {
  const wire = (connection as unknown as { readonly _protocol: Wire })._protocol;
  const text = Buffer.from(words);
  const message = Buffer.alloc(13 + text.length);
  message.writeUInt8(1);
  message.writeUInt32BE(2, 1);
  message.writeUInt32BE(text.length, 5);
  text.copy(message, 9);
  const { write } = wire._packetRW;
  const packet = write.alloc(message.length, true);
  message.copy(packet, write.allocStartKEX);
  wire._cipher.encrypt(write.finalize(packet, true));
};

const servers: ssh2.Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const serve = async (attend: (connection: Connection) => void): Promise<ConnectOptions> => {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync("ed25519");
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connection.on("error", () => undefined);
    attend(connection);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "ctfleet-hide-"));
  folders.push(folder);
  const knownHosts = join(folder, "known_hosts");
  return {
    ...{ address: "127.0.0.1", port: (server.address() as AddressInfo).port, user: "root", hostKeyAlias: undefined },
    ...{ hostKeys: await knownIn([knownHosts], { policy: "accept_new" }), identity: byPassword(password) },
    ...{ family: 0, bindAddress: undefined, keepAlive: { interval: 15_000, countMax: 3 } },
    ...{ timeouts: { connect: 5000, login: 5000 }, via: { kind: "direct" }, clock: systemClock },
  };
};

it("a password that the host repeats at login is in no message", async () => {
  const options = await serve((connection) =>
    connection.on("authentication", (attempt) =>
      disconnect(connection, `no ${attempt.method === "password" ? attempt.password : attempt.method} here`),
    ),
  );
  expect(failureText(await connect(options, network))).toMatch(/: no \*{8} here/);
});

it("nor are the login's password and the answer to a prompt that it repeats later", async () => {
  const options = await serve((connection) => {
    connection.on("authentication", (attempt) => attempt.accept());
    connection.on("session", (accept) =>
      accept().on("exec", (start) => {
        const channel = start();
        channel.stderr.write("<MARK>");
        channel.once("data", (answer: Buffer) =>
          disconnect(connection, `got ${answer.toString().trim()} after ${password}`),
        );
      }),
    );
  });
  const prompt = {
    kind: "own" as const,
    marker: "<MARK>",
    ready: "READY",
    answer: secret("open sesame"),
    within: 5000,
  };
  const result = await withRemote(options, (remote) => remote.exec(script("true", { prompt })));
  expect(failureText(result)).toBe("connection_lost: got ******** after ********");
});
