import { createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/remote/clock.ts";
import type { Endpoint } from "../../src/ssh/connect-options.ts";
import { nameLookup } from "../../src/ssh/name-lookup.ts";
import { openSocket } from "../../src/ssh/socket.ts";
import { freePort } from "../support/sshd.ts";
import { knownIn, nobody } from "./login.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

/** A server on every address of this machine, IPv6 too where there is one. */
let server: Server;
let port: number;
let seen: { readonly from: string | undefined; readonly at: string | undefined }[] = [];
const sockets = new Set<Socket>();
beforeAll(async () => {
  port = await freePort();
  server = createServer((socket) => {
    seen.push({ from: plain(socket.remoteAddress), at: plain(socket.localAddress) });
    sockets.add(socket.on("error", () => undefined));
  });
  await new Promise<void>((resolve) => server.listen({ port, host: hasIpv6 ? "::" : "0.0.0.0" }, resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const plain = (address: string | undefined): string | undefined => address?.replace(/^::ffff:/, "");

/** Names of this test, beside the system's. */
const names: Readonly<Record<string, readonly string[]>> = {
  both: ["::1", "127.1.0.1"],
  silent: ["240.0.0.1", "127.1.0.1"],
};

const open = async (change: Partial<Endpoint>, connect = 5000): Promise<string> => {
  seen = [];
  const endpoint: Endpoint = {
    ...{ address: "127.1.0.1", port, user: "root", hostKeyAlias: undefined, hostKeys: await knownIn([]) },
    ...{ identity: nobody, family: 0, bindAddress: undefined, keepAlive: { interval: 0, countMax: 3 } },
    ...{ timeouts: { connect, login: 5000 }, ...change },
  };
  const ask = (name: string, family: number): Promise<readonly string[]> =>
    Promise.resolve((names[name] ?? []).filter((one) => family === 0 || (family === 6) === one.includes(":")));
  const opened = await openSocket(endpoint, { clock: systemClock, lookUp: nameLookup({ clock: systemClock, ask }) });
  if (opened.kind === "open") {
    opened.way.close();
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    return `to ${seen[0]!.at} from ${seen[0]!.from}`;
  }
  const { trouble } = opened;
  if (trouble.kind === "socket") return `${trouble.code}: ${trouble.message}`;
  return trouble.kind === "deadline" ? `${trouble.phase}: ${trouble.ms}` : trouble.kind;
};

const linkLocal = Object.entries(networkInterfaces())
  .flatMap(([link, addresses]) => (addresses ?? []).map(({ address }) => ({ link, address })))
  .find(({ address }) => address.startsWith("fe80:"));

describe.skipIf(!hasIpv6)("a connection is opened", () => {
  it("to IPv6 addresses, and to IPv4 ones", async () => {
    expect(await open({ address: "::1" })).toBe("to ::1 from ::1");
    expect(await open({ address: "127.1.0.7" })).toMatch(/^to 127\.1\.0\.7 /);
  });

  it.skipIf(linkLocal === undefined)("to an address of one link", async () => {
    const { address, link } = linkLocal!;
    expect(await open({ address: `${address}%${link}` })).toContain(`to ${address}`);
    expect(await open({ address: `${address}%nolink0` })).toMatch(/^EINVAL: .*is there such an interface\?/);
  });

  it("to the first address of a name, unless a family is asked for", async () => {
    expect(await open({ address: "both" })).toBe("to ::1 from ::1");
    expect(await open({ address: "both", family: 4 })).toMatch(/^to 127\.1\.0\.1 /);
    expect(await open({ address: "both", family: 6 })).toBe("to ::1 from ::1");
  });

  it("from the address asked for, to an address of the same family", async () => {
    expect(await open({ address: "both", bindAddress: "127.1.4.5" })).toBe("to 127.1.0.1 from 127.1.4.5");
    expect(await open({ address: "::1", bindAddress: "127.1.4.5" })).toBe(
      "EADDRNOTAVAIL: ::1 has no address that 127.1.4.5 can reach",
    );
    expect(await open({ bindAddress: "192.0.2.1" })).toMatch(/^EADDRNOTAVAIL: /);
  });

  it("to the next address when the first fails, and says of all why none answers", async () => {
    const closed = await freePort();
    expect(await open({ address: "silent" })).toMatch(/^to 127\.1\.0\.1 /);
    expect(await open({ address: "both", port: closed })).toBe(
      `ECONNREFUSED: connect ECONNREFUSED ::1:${closed}; connect ECONNREFUSED 127.1.0.1:${closed}`,
    );
  });
});
