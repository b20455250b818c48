import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { knownIn, optionsFor } from "../ssh/login.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { pingAll } from "./reach.ts";

let sshd: Sshd;
let front: Server;
let connections = 0;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
});
afterAll(() => sshd.stop());
afterEach(() => front.close());

type Refusal = (socket: Socket, number: number) => "refused" | "let in";

/** A way to the real sshd through a listener that turns some connections away, as `refuse` says. */
const behind = async (refuse: Refusal): Promise<ConnectOptions> => {
  const [{ address, port }] = sshd.hosts as [Sshd["hosts"][number]];
  connections = 0;
  front = createServer((socket) => {
    connections += 1;
    socket.on("error", () => socket.destroy());
    if (refuse(socket, connections) === "refused") return;
    const onward = connect(port, address).on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.1.0.99", resolve));
  const here = front.address() as { readonly port: number };
  const known = (await readFile(sshd.knownHostsFile, "utf8")).replace(
    `[${address}]:${port}`,
    `[127.1.0.99]:${here.port}`,
  );
  const file = join(sshd.folder, "front");
  await writeFile(file, known);
  const hostKeys = await knownIn([file]);
  return { ...(await optionsFor(sshd)), address: "127.1.0.99", port: here.port, hostKeys, user: "deploy" };
};

const reset: Refusal = (socket) => {
  socket.resetAndDestroy();
  return "refused";
};
/** What sshd 9.8 does to an address that holds a penalty: it says a line and hangs up (sshd.c, drop_connection). */
const penalty: Refusal = (socket) => {
  socket.end("Not allowed at this time\r\n");
  return "refused";
};

describe("a server that turns connections away", () => {
  it("by two resets, and then works, is reached at the third try", async () => {
    const way = await behind((socket, number) => (number <= 2 ? reset(socket, number) : "let in"));
    expect(await pingAll([way])).toEqual({ codes: ["reached"], retries: 2 });
    expect(connections).toBe(3);
  });

  it("by a penalty of seconds for everybody lets all in after it, and was not hammered meanwhile", async () => {
    let until: number | undefined;
    const way = await behind((socket, number) => {
      until ??= performance.now() + 3000;
      return performance.now() < until ? penalty(socket, number) : "let in";
    });
    const { codes } = await pingAll(Array<ConnectOptions>(30).fill(way));
    expect(codes).toEqual(Array(30).fill("reached"));
    expect(connections).toBeLessThan(30 * 4);
  });

  it("because the login is not right is tried once", async () => {
    const way = await behind(() => "let in");
    const stranger = { ...way, user: "nobody-here" };
    expect(await pingAll([stranger])).toEqual({ codes: ["login_refused"], retries: 0 });
    expect(connections).toBe(1);
  });
});
