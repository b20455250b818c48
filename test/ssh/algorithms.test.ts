import { appendFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/remote/clock.ts";
import { ClosableAgent } from "../../src/ssh/agent.ts";
import { readSshConfig } from "../../src/ssh/config/read.ts";
import { resolveHost } from "../../src/ssh/config/resolve.ts";
import type { Algorithms } from "../../src/ssh/config/settings.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { permitted } from "../../src/ssh/key-rules.ts";
import { openReach } from "../../src/ssh/reach.ts";
import { planRoute, type Routed } from "../../src/ssh/routes.ts";
import { withAgent } from "../support/agent.ts";
import { aHost } from "../support/play.ts";
import { makeKey, type Sshd, startSshd } from "../support/sshd.ts";
import { copyCorpus } from "./config/corpus.ts";
import { byKey, failureText, keysOf, network, nobody, optionsFor, output, script, withRemote } from "./login.ts";

/** A host that tells which algorithms were agreed on. */
let sshd: Sshd;
let options: ConnectOptions;
let rsaKey: string;
beforeAll(async () => {
  sshd = await startSshd({ count: 1, hostKeys: ["ed25519", "rsa"], options: { LogLevel: "DEBUG1" } });
  options = await optionsFor(sshd);
  rsaKey = await makeKey(join(sshd.folder, "rsa"), "rsa");
  await appendFile(join(sshd.folder, "authorized_keys"), await readFile(`${rsaKey}.pub`));
});
afterAll(() => sshd.stop());

const account = { localUser: "root", localUid: 0, home: "/nowhere", localHostname: "desk", env: {} };

/** What this configuration says of algorithms. */
const configured = async (text: string): Promise<Algorithms> => {
  const given = join(sshd.folder, "config");
  await writeFile(given, text);
  const config = await readSshConfig({ userFile: "/nowhere/config", systemFile: "/nowhere/ssh_config", given });
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  const asked = { host: "a", user: undefined, port: undefined, options: [] };
  return resolveHost(config.value, { ...account, ...asked }).algorithms;
};

const login = (to: ConnectOptions): Promise<string> =>
  withRemote(to, async (remote) => output(await remote.exec(script("echo in"))).stdout);
const refusal = async (to: ConnectOptions): Promise<string> => failureText(await connect(to, network));

it("every algorithm that the configuration can choose is one of the library's", async () => {
  const library = createRequire(import.meta.url)("ssh2/lib/protocol/constants.js") as Record<string, readonly string[]>;
  const all = await configured(`KexAlgorithms *\nCiphers *\nMACs *\nHostKeyAlgorithms *\nPubkeyAcceptedAlgorithms *\n`);
  expect(library.SUPPORTED_KEX).toEqual(expect.arrayContaining([...(all.kex ?? [])]));
  expect(library.SUPPORTED_CIPHER).toEqual(expect.arrayContaining([...(all.ciphers ?? [])]));
  expect(library.SUPPORTED_MAC).toEqual(expect.arrayContaining([...(all.macs ?? [])]));
  expect(library.SUPPORTED_SERVER_HOST_KEY).toEqual(expect.arrayContaining([...(all.hostKeys ?? [])]));
  expect(all.pubkey).toEqual(all.hostKeys);
});

describe("a connection uses the algorithms that the configuration names", () => {
  it.each([
    ["KexAlgorithms", "ecdh-sha2-nistp521", "kex: algorithm: ecdh-sha2-nistp521"],
    ["KexAlgorithms", "^diffie-hellman-group16-sha512", "kex: algorithm: diffie-hellman-group16-sha512"],
    ["Ciphers", "aes192-ctr", "client->server cipher: aes192-ctr"],
    ["Ciphers", "chacha20-poly1305@openssh.com", "client->server cipher: chacha20-poly1305@openssh.com"],
    ["MACs", "hmac-sha2-512", "MAC: hmac-sha2-512 "],
    ["HostKeyAlgorithms", "-*-512,ssh-ed25519", "host key algorithm: rsa-sha2-256"],
  ])("%s %s", async (keyword, value, sign) => {
    const before = sshd.hosts[0]!.log().length;
    const ciphers = keyword === "MACs" ? "Ciphers aes128-ctr\n" : "";
    expect(await login({ ...options, algorithms: await configured(`${ciphers}${keyword} ${value}\n`) })).toBe("in\n");
    await sshd.hosts[0]!.run("true");
    expect(sshd.hosts[0]!.log().slice(before)).toContain(sign);
  });

  it("and fails, told as such, where the host has none of them", async () => {
    const algorithms = await configured("Ciphers 3des-cbc\n");
    expect(await refusal({ ...options, algorithms })).toMatch(/^protocol_error: .*cipher/i);
  });
});

describe("PubkeyAcceptedAlgorithms", () => {
  it("keeps back a key of another type, and says why", async () => {
    const algorithms = await configured("PubkeyAcceptedAlgorithms ecdsa-*,rsa-*\n");
    expect(await refusal({ ...options, algorithms })).toBe(
      `key_unusable: there was nothing to log in with as root; ${sshd.clientKey}: PubkeyAcceptedAlgorithms leaves its type out`,
    );
  });

  it("lets an RSA key of a file sign with SHA-1 only where it names ssh-rsa", async () => {
    const identity = await byKey(rsaKey);
    const signs = async (list: string, hash: string): Promise<boolean> => {
      const [own] = permitted(identity, await configured(`PubkeyAcceptedAlgorithms ${list}\n`)).keys;
      return Buffer.isBuffer(own!.key.sign(Buffer.from("text"), hash));
    };
    expect([await signs("rsa-*", "sha1"), await signs("rsa-*", "sha256")]).toEqual([false, true]);
    expect(await signs("+ssh-rsa", "sha1")).toBe(true);
    expect(
      await login({ ...options, identity, algorithms: await configured("PubkeyAcceptedAlgorithms rsa-*\n") }),
    ).toBe("in\n");
  });

  it("and one of an agent, whose keys of other types are not offered", async () => {
    const keys = [rsaKey, sshd.clientKey];
    await withAgent({ socket: join(sshd.folder, "agent"), keys }, async (agentSocket) => {
      const identity = { ...nobody, ...(await keysOf([], { agentSocket })) };
      const algorithms = await configured("PubkeyAcceptedAlgorithms rsa-sha2-256\n");
      expect(await login({ ...options, identity, algorithms })).toBe("in\n");
      const [own] = (await byKey(rsaKey)).keys;
      const agent = new ClosableAgent(agentSocket, (list) => [...list], algorithms);
      const signs = (hash: "sha1" | "sha256" | "sha512"): Promise<boolean> =>
        new Promise((resolve) => agent.sign(own!.key, Buffer.from("text"), { hash }, (error) => resolve(!error)));
      expect([await signs("sha1"), await signs("sha256"), await signs("sha512")]).toEqual([false, true, false]);
      const none = await configured("PubkeyAcceptedAlgorithms ecdsa-*\n");
      expect(await refusal({ ...options, identity, algorithms: none })).toMatch(/: there was nothing to log in with/);
    });
  });
});

describe("RequiredRSASize", () => {
  it("refuses a host whose RSA key is smaller, before anything is sent", async () => {
    const algorithms = await configured("RequiredRSASize 3072\nHostKeyAlgorithms rsa-sha2-*\n");
    expect(await refusal({ ...options, algorithms })).toBe(
      "protocol_error: its host key has 2048 bits, and RequiredRSASize wants 3072",
    );
    const enough = await configured("RequiredRSASize 2048\nHostKeyAlgorithms rsa-sha2-*\n");
    expect(await login({ ...options, algorithms: enough })).toBe("in\n");
  });

  it("keeps back a smaller key of our own", async () => {
    const identity = await byKey(rsaKey);
    expect(await refusal({ ...options, identity, algorithms: await configured("RequiredRSASize 3072\n") })).toBe(
      `key_unusable: there was nothing to log in with as root; ${rsaKey}: it has 2048 bits, and RequiredRSASize wants 3072`,
    );
  });
});

it("a stock RHEL 9 leads to a login by our own transport, its GSSAPI passed over", async () => {
  const { folder } = copyCorpus();
  const etc = join(folder, "ssh_config");
  await writeFile(etc, `Include ${folder}/parts/50-redhat.inc\n`);
  await writeFile(
    join(folder, "parts/50-redhat.inc"),
    `Match final all\n Include ${folder}/parts/crypto-policies-rhel9.inc\n GSSAPIAuthentication yes\n`,
  );
  const config = await readSshConfig({ userFile: "/nowhere/config", systemFile: etc, given: undefined });
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  const { address, port } = options;
  const connection = { ...aHost.connection, address, port, privateKeyFile: sshd.clientKey, transport: undefined };
  const host = { ...aHost, connection };
  const nothing = { user: undefined, privateKeyFile: undefined, connectTimeout: undefined, transport: undefined };
  const common = { ...nothing, sshOptions: [] };
  const routed: Routed = planRoute(host, { config: config.value, account, common });
  if (routed.kind === "fault") throw new Error(routed.because);
  expect(routed.route.needsOpenssh).toEqual([]);
  expect(routed.route.target.algorithms.ciphers?.[0]).toBe("aes256-gcm@openssh.com");
  const reach = await openReach([routed.route], {
    ...{ account, shell: "/bin/sh", clock: systemClock, knownHosts: sshd.knownHostsFile, acceptNewHostKeys: false },
    ...{ connectTimeout: undefined, password: undefined, ask: undefined },
    ...{ say: () => undefined, explain: () => undefined },
  });
  const before = sshd.hosts[0]!.log().length;
  const result = await reach.connect(host);
  if (result.kind === "failed") throw new Error(failureText(result));
  expect(output(await result.remote.exec(script("echo in"))).stdout).toBe("in\n");
  expect(sshd.hosts[0]!.log().slice(before)).toContain("client->server cipher: aes256-gcm@openssh.com");
  result.remote.close();
  await reach.closeAll();
});
