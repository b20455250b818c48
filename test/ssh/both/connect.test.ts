import { type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openListeners } from "../../support/listeners.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";
import { codeOf, names, openTransport, type Target, type Transport, targetOf } from "./transports.ts";

let sshd: Sshd;
let target: Target;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  target = { ...targetOf(sshd), timeouts: { connect: 1000, login: 1000 } };
});
afterAll(() => sshd.stop());

const listeners = openListeners();
afterEach(listeners.stopAll);
const serve = (greet: (socket: Socket) => void): Promise<number> => listeners.serve(greet, { allowHalfOpen: true });

const says = (words: string) => (socket: Socket) => socket.write(words, "latin1");

describe.each(names)("connect over %s says why a host cannot be reached:", (name) => {
  let transport: Transport;
  beforeAll(() => {
    transport = openTransport(name, sshd.folder);
  });
  afterAll(() => transport.close());

  it.each([
    ["a name that nobody has", { address: "no-such-host.invalid" }, "name_not_found"],
    ["an address without a way to it", { address: "255.255.255.255" }, "address_unreachable"],
    ["a dead port", { port: 1 }, "connection_refused"],
  ])("%s", async (_, change, code) => {
    expect(codeOf(await transport.connect({ ...target, ...change }))).toBe(code);
  });

  it.each<[string, (socket: Socket) => unknown, string]>([
    ["a host that accepts and then hangs", () => undefined, "banner_timeout"],
    ["a host that hangs after its identification", says("Hello!\r\nSSH-2.0-Sleepy\r\n"), "handshake_timeout"],
    ["a host that closes before it says a word", (socket) => socket.end(), "connection_lost_before_login"],
    ["a host that closes after it", (socket) => socket.end("SSH-2.0-Rude\r\n"), "connection_lost_before_login"],
    ["a host that resets the connection", (socket) => socket.resetAndDestroy(), "connection_lost_before_login"],
    ["a web server", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), "connection_lost_before_login"],
    ["SSH 1", says("SSH-1.5-Old\r\n"), "protocol_error"],
    ["noise after the identification", says(`SSH-2.0-Noise\r\n${"\xff".repeat(100)}`), "protocol_error"],
    [
      "a host that takes no more connections",
      (socket) => socket.end("Exceeded MaxStartups\r\n"),
      "connection_lost_before_login",
    ],
  ])("%s", async (_, greet, code) => {
    const port = await serve(greet);
    expect(codeOf(await transport.connect({ ...target, port }))).toBe(code);
  });

  it("a host that shares no algorithm with us", async () => {
    const odd = await startSshd({ count: 1, options: { Ciphers: "3des-cbc" } });
    expect(codeOf(await transport.connect(targetOf(odd)))).toBe("protocol_error");
    await odd.stop();
  });
});
