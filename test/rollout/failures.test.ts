import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostName } from "../../src/model/brand.ts";
import type { Failure } from "../../src/model/failure.ts";
import type { Host } from "../../src/model/host.ts";
import { describeFailure } from "../../src/report/describe.ts";
import { usualPacing } from "../../src/rollout/pacing.ts";
import { ping, visitAll } from "../../src/rollout/visit.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { knownIn, nobody, optionsFor } from "../ssh/login.ts";
import { aHost } from "../support/play.ts";
import sickHost from "../support/sick-host.sh";
import { freePort, makeKey, type Sshd, startSshd } from "../support/sshd.ts";
import { realWalk } from "./reach.ts";

let sshd: Sshd;
let exotic: Sshd;
let servers: readonly Server[] = [];
const sockets = new Set<Socket>();

/** A listener at 127.1.0.98 that does one thing to each connection. */
const listener = async (greet: (socket: Socket) => void): Promise<{ address: string; port: number }> => {
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
    greet(socket);
  });
  servers = [...servers, server];
  await new Promise<void>((resolve) => server.listen(0, "127.1.0.98", resolve));
  return { address: "127.1.0.98", port: (server.address() as { readonly port: number }).port };
};

/** One fleet in which every host but the first has a trouble of its own. */
const sickFleet = async (): Promise<{ readonly [name: string]: ConnectOptions }> => {
  const root = await optionsFor(sshd);
  const timeouts = { connect: 1500, login: 3000 };
  const good: ConnectOptions = { ...root, user: "deploy", timeouts };
  const [known] = sshd.hosts[0]!.knownHosts;
  const stranger = await readFile(`${await makeKey(join(sshd.folder, "stranger"), "ed25519")}.pub`, "utf8");
  const files = { empty: "", forged: known!.replace(/\S+$/, stranger.split(" ")[1]!), revoked: `@revoked ${known}` };
  for (const [name, text] of Object.entries(files)) await writeFile(join(sshd.folder, name), `${text}\n`);
  const withKnown = async (file: keyof typeof files) => ({
    ...good,
    hostKeys: await knownIn([join(sshd.folder, file)]),
  });
  return {
    good,
    "key changed": await withKnown("forged"),
    "key unknown": await withKnown("empty"),
    "key revoked": await withKnown("revoked"),
    "name unknown": { ...good, address: "no-such-name.invalid" },
    "port closed": { ...good, address: "127.1.0.98", port: await freePort() },
    "hangs before the banner": { ...good, ...(await listener(() => undefined)) },
    "hangs after the banner": { ...good, ...(await listener((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"))) },
    "hangs in authentication": { ...good, user: "operator" },
    "hangs in the script": { ...good, user: "fisher" },
    floods: { ...good, user: "tess" },
    "cuts before login": { ...good, ...(await listener((socket) => socket.end("Not allowed at this time\r\n"))) },
    "has no algorithm in common": { ...(await optionsFor(exotic)), timeouts },
    "refuses the login": { ...good, user: "guest" },
    "has nothing to log in with": { ...good, identity: { ...nobody, unusable: ["/no/such/key: no such file"] } },
  };
};

const failures = new Map<string, Failure>();
beforeAll(async () => {
  sshd = await startSshd({
    count: 1,
    options: {
      AuthorizedKeysFile: "none",
      AuthorizedKeysCommand: "/etc/sick-host %u '%t %k'",
      AuthorizedKeysCommandUser: "root",
      PasswordAuthentication: "no",
    },
  });
  exotic = await startSshd({ count: 1, options: { KexAlgorithms: "sntrup761x25519-sha512@openssh.com" } });
  await sshd.hosts[0]!.writeFile("/etc/sick-host", sickHost, 0o755);
  const ways = Object.entries(await sickFleet()).map(([name, way]) => [name as HostName, way] as const);
  // The usual number of tries, sooner after one another.
  const budget = { ...usualPacing.budget, firstWait: 10 };
  const { walk, close } = realWalk(new Map(ways), { ...usualPacing, budget });
  const hosts = ways.map(([name]): Host => ({ ...aHost, name }));
  const short = { ...walk, deadlines: { gather: 3000, apply: 3000 } };
  const pinged = await visitAll(
    hosts.map((host) => ({ host, become: { kind: "no" } as const })),
    short,
    ping,
  );
  for (const [at, one] of pinged.entries()) if (one?.kind === "failed") failures.set(hosts[at]!.name, one.failure);
  close();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await Promise.all([sshd.stop(), exotic.stop()]);
});

describe("in one run over a fleet in which everything goes wrong", () => {
  it.each([
    ["key changed", "host_key_changed", /NOT THE KNOWN ONE.*SHA256:.*ssh-keygen -R '\[127\.1\.0\.1\]:\d+'/],
    ["key unknown", "host_key_unknown", /not in known_hosts.*SHA256:.*ssh-keyscan.*--accept-new-host-keys/],
    ["key revoked", "host_key_revoked", /revoked in known_hosts.*make the host a new one/],
    ["name unknown", "name_not_found", /does not resolve.*ansible_host.*getent hosts/],
    ["port closed", "connection_refused", /port is closed.*ansible_port/],
    ["hangs before the banner", "banner_timeout", /no SSH server answered.*tried 2 times.*conntrack/],
    ["hangs after the banner", "handshake_timeout", /before keys were exchanged.*within 3000 ms.*ping -M do/],
    ["hangs in authentication", "login_timeout", /checked the login.*within 3000 ms.*LDAP/],
    ["hangs in the script", "script_deadline", /passed its deadline.*3000 ms.*NFS/],
    ["floods", "output_flood", /more output than the cap.*bytes on stdout.*prints without end/],
    ["cuts before login", "connection_lost_before_login", /cut before login.*tried 8 times.*MaxStartups/],
    ["has no algorithm in common", "protocol_error", /handshake failed.*ssh -v/],
    ["refuses the login", "login_refused", /login was refused.*guest.*--private-key/],
    ["has nothing to log in with", "key_unusable", /private key cannot be used.*\/no\/such\/key.*ssh-keygen -y/],
  ])("a host that %s is told by its own code, words and what to do", (name, code, words) => {
    const failure = failures.get(name);
    expect(failure?.code).toBe(code);
    expect(describeFailure(failure!)).toMatch(words);
  });

  it("the healthy one is reached, and nothing was sent that could have changed any", () => {
    expect(failures.has("good")).toBe(false);
    expect([...failures.values()].filter(({ sent }) => sent)).toEqual([]);
  });
});
