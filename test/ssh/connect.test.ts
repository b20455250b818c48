import { readdirSync, readFileSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { openListeners } from "../support/listeners.ts";
import { freePort, type Sshd, startSshd } from "../support/sshd.ts";
import { failureText, network, optionsFor, script, withRemote } from "./login.ts";

let sshd: Sshd;
let options: ConnectOptions;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  options = await optionsFor(sshd);
});
afterAll(() => sshd.stop());

const listeners = openListeners();
afterEach(listeners.stopAll);
const serve = (greet: (socket: Socket) => void): Promise<number> => listeners.serve(greet, { allowHalfOpen: true });

const attempt = async (change: Partial<ConnectOptions>): Promise<string> =>
  failureText(await connect({ ...options, ...change }, network));
const hasty = { connect: 1000, login: 300 };

describe("connect says why a host cannot be reached:", () => {
  it("a name that nobody has", async () => {
    expect(await attempt({ address: "no-such-host.invalid" })).toMatch(/^name_not_found: /);
  });

  it("a dead port", async () => {
    expect(await attempt({ port: await freePort() })).toMatch(/^connection_refused: /);
  });

  it("an address without a way to it", async () => {
    expect(await attempt({ address: "255.255.255.255", timeouts: hasty })).toMatch(/^address_unreachable: /);
  });

  it("a host that accepts and then hangs", async () => {
    const port = await serve(() => undefined);
    expect(await attempt({ port, timeouts: hasty })).toBe(
      "banner_timeout: connected, but no SSH identification within 1000 ms",
    );
  });

  it("a host that hangs after its identification", async () => {
    const port = await serve((socket) => socket.write("Welcome!\r\nSSH-2.0-Sleepy\r\n"));
    expect(await attempt({ port, timeouts: hasty })).toBe(
      "handshake_timeout: the host says that it speaks SSH, but exchanged no keys within 300 ms",
    );
  });

  it("and lets go of a host that hangs and never closes", async () => {
    const fileDescriptors = (): number => readdirSync("/proc/self/fd").length;
    const port = await serve((socket) => socket.write("SSH-2.0-Sleepy\r\n"));
    const before = fileDescriptors();
    expect(await attempt({ port, timeouts: hasty })).toMatch(/^handshake_timeout: /);
    // What is left is the server's own end of the connection.
    await expect.poll(fileDescriptors).toBe(before + 1);
  });

  it("a host that closes before it says a word", async () => {
    const port = await serve((socket) => socket.end());
    expect(await attempt({ port })).toMatch(
      /^connection_lost_before_login: .* before the host said that it speaks SSH/,
    );
  });

  it("a host that closes after its identification", async () => {
    const port = await serve((socket) => socket.end("SSH-2.0-Rude\r\n"));
    expect(await attempt({ port })).toMatch(/^connection_lost_before_login: .* before keys were exchanged/);
  });

  it("a host that resets the connection", async () => {
    const port = await serve((socket) => socket.resetAndDestroy());
    expect(await attempt({ port })).toMatch(/^connection_lost_before_login: /);
  });

  it.each([
    ["a web server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["an endless line", "x".repeat(100_000)],
    ["SSH 1", "SSH-1.5-Old\r\n"],
    ["noise after the identification", `SSH-2.0-Noise\r\n${"\xff".repeat(100)}`],
  ])("%s", async (_, greeting) => {
    const port = await serve((socket) => socket.write(greeting, "latin1"));
    expect(await attempt({ port, timeouts: hasty })).toMatch(
      /^(protocol_error|banner_timeout|connection_lost_before_login): /,
    );
  });

  it("a host that takes no more connections at once", async () => {
    const full = await startSshd({ count: 1, options: { MaxStartups: "1:100:1" } });
    const { address, port } = full.hosts[0]!;
    const first = connectSocket(port, address);
    await new Promise((resolve) => first.once("data", resolve));
    const said = failureText(await connect(await optionsFor(full), network));
    expect(said).toMatch(
      /^connection_lost_before_login: "Exceeded MaxStartups", .*before the host said that it speaks SSH$/,
    );
    first.destroy();
    await full.stop();
  });

  it("a host that shares no algorithm with us", async () => {
    const odd = await startSshd({ count: 1, options: { KexAlgorithms: "sntrup761x25519-sha512@openssh.com" } });
    expect(failureText(await connect(await optionsFor(odd), network))).toMatch(/^protocol_error: .*key exchange/i);
    await odd.stop();
  });
});

it("fails, and gives its file descriptors back, where the library throws", async () => {
  const fileDescriptors = (): number => readdirSync("/proc/self/fd").length;
  const before = fileDescriptors();
  // The one thing that it is sure to throw on, on every machine.
  expect(await attempt({ user: 7 as unknown as string })).toMatch(/^protocol_error: .*Invalid username/);
  await expect.poll(fileDescriptors).toBe(before);
});

it("notices within a minute that the host of a kept connection is dead", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    await withRemote(options, async (remote) => {
      const said = async () => failureText(await remote.exec(script("true", { within: 5000 })));
      const session = await frozenSession();
      // Frozen, the host keeps the connection and says nothing, as one does that lost its power.
      vi.advanceTimersByTime(60_000);
      expect(await said()).toBe("connection_lost: Keepalive timeout");
      process.kill(session, "SIGKILL");
    });
  } finally {
    vi.useRealTimers();
  }
});

/** Stops the one process of the host that serves a login; gives its id. */
const frozenSession = async (): Promise<number> => {
  const children = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  await expect.poll(() => children(sshd.hosts[0]!.pid)[0]).not.toBe("");
  const session = Number(children(sshd.hosts[0]!.pid).at(-1));
  process.kill(session, "SIGSTOP");
  return session;
};
