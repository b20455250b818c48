import { readFile, writeFile } from "node:fs/promises";
import { connect as connectSocket, type Socket } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeFailure } from "../../src/report/describe.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { openListeners } from "../support/listeners.ts";
import { freePort, makeKey, type Sshd, startSshd } from "../support/sshd.ts";
import { byPassword, failureText, knownIn, network, optionsFor, script, withRemote } from "./login.ts";

let sshd: Sshd;
let options: ConnectOptions;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  options = await optionsFor(sshd);
});
afterAll(() => sshd.stop());

const { serve, stopAll } = openListeners();
afterEach(stopAll);

/** A relay to the real host that lets its first so many bytes pass and then does `then`. */
const relay = (bytes: number, then: (client: Socket, host: Socket) => void): Promise<number> =>
  serve((client) => {
    const host = connectSocket(options.port, options.address);
    let left = bytes;
    host.on("error", () => undefined);
    client.on("data", (chunk) => host.write(chunk)).on("close", () => host.destroy());
    host.on("data", (chunk: Buffer) => {
      client.write(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
      if (left === 0) then(client, host);
    });
  });

const attempt = async (change: Partial<ConnectOptions>): Promise<string> =>
  failureText(await connect({ ...options, ...change }, network));
/** The relay shows the host's key under another port. */
const behind = (port: number): Partial<ConnectOptions> => ({
  port,
  hostKeyAlias: `[${options.address}]:${options.port}`,
});

/** PAM that never answers, on a host of its own. */
const slowPam = async (use: (to: ConnectOptions) => Promise<void>): Promise<void> => {
  const slow = await startSshd({ count: 1, options: { UsePAM: "yes" } });
  await slow.hosts[0]!.writeFile(
    "/etc/pam.d/sshd",
    "auth required pam_exec.so /bin/sleep 30\naccount required pam_permit.so\n",
  );
  await use(await optionsFor(slow));
  await slow.stop();
};

const hasty = { connect: 2000, login: 400 };

it("seven hosts in trouble have seven codes, each with what to do next", async () => {
  const other = await makeKey(join(sshd.folder, "another"), "ed25519");
  const changed = join(sshd.folder, "changed");
  const [type, blob] = (await readFile(`${other}.pub`, "utf8")).split(" ");
  await writeFile(changed, `[${options.address}]:${options.port} ${type} ${blob}\n`);
  const failures = [
    await connect({ ...options, hostKeys: await knownIn([changed]) }, network),
    await connect({ ...options, address: "no-such-host.invalid" }, network),
    await connect({ ...options, port: await freePort() }, network),
    await connect({ ...options, port: await serve(() => undefined), timeouts: { connect: 300, login: 300 } }, network),
    await connect({ ...options, ...behind(await relay(100, () => undefined)), timeouts: hasty }, network),
    await withRemote(options, (remote) => remote.exec(script("sleep 60", { within: 500 }))),
    await withRemote(options, (remote) => remote.exec(script("yes", { caps: { stdout: 1000, stderr: 1000 } }))),
  ].flatMap((one) => (one.kind === "failed" ? [one.failure] : []));
  await slowPam(async (to) => {
    const result = await connect(
      { ...to, user: "operator", identity: byPassword(), timeouts: { connect: 5000, login: 1500 } },
      network,
    );
    if (result.kind === "failed") failures.push(result.failure);
  });
  expect(failures.map(({ code }) => code)).toEqual([
    "host_key_changed",
    "name_not_found",
    "connection_refused",
    "banner_timeout",
    "handshake_timeout",
    "script_deadline",
    "output_flood",
    "login_timeout",
  ]);
  const sentences = failures.map(describeFailure);
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[^:]+: .+next: .+/s);
});

describe("a server that takes no more connections", () => {
  it.each([
    ["Exceeded MaxStartups\r\n", '"Exceeded MaxStartups", '],
    ["Not allowed at this time\r\n", '"Not allowed at this time", '],
    ["", ""],
  ])("and says %j is recognised, and its words are handed on", async (words, shown) => {
    const port = await serve((socket) => socket.end(words));
    expect(await attempt({ port })).toContain(`connection_lost_before_login: ${shown}`);
  });

  // About 40 bytes of identification, 1,100 of offers, 500 of key exchange.
  it.each([10, 60, 600, 1300])("and hangs up or resets after %i bytes is one, too", async (bytes) => {
    const closing = await relay(bytes, (client) => client.end());
    expect(await attempt(behind(closing))).toMatch(/^connection_lost_before_login: /);
    const resetting = await relay(bytes, (client) => client.resetAndDestroy());
    expect(await attempt(behind(resetting))).toMatch(/^connection_lost_before_login: /);
  });
});

it.each(["SSH-1.5-Cisco-1.25", "SSH-3.0-later"])(
  "a server that says %s fails for good, and with its words",
  async (line) => {
    const port = await serve((socket) => socket.write(`${line}\r\n`));
    expect(await attempt({ port })).toBe(`protocol_error: it says "${line}": that is not protocol 2.0 of SSH`);
  },
);

it.each([
  ["lines without an end", "", "a"],
  ["what is no packet", "SSH-2.0-odd\r\n", "\0"],
])("a server that sends %s fails for good", async (_, first, then) => {
  const port = await serve((socket) => socket.write(first + then.repeat(100_000)));
  expect(await attempt({ port })).toMatch(/^protocol_error: /);
});

describe("a server that hangs up during authentication", () => {
  it("has refused the login, with its words: another attempt could lock the account", async () => {
    const expired = await startSshd({ count: 1, options: { UsePAM: "yes" } });
    await expired.hosts[0]!.run("chage -E 1 operator");
    const to = { ...(await optionsFor(expired)), user: "operator" };
    expect(failureText(await connect(to, network))).toMatch(
      /^login_refused: operator was refused with .*client; .*it said: Your account has expired/,
    );
    await expired.stop();
  });

  it("has refused it, too, where it says nothing", async () => {
    const { private: hostKey } = ssh2.utils.generateKeyPairSync("ed25519");
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
      connection.on("error", () => undefined).on("authentication", () => connection.end());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, options.address, () => resolve()));
    const hostKeys = await knownIn(["/dev/null"], { policy: "accept_new" });
    expect(await attempt({ port, hostKeys, identity: byPassword() })).toBe(
      "login_refused: root was refused with a password; then the host closed the connection",
    );
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
