import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { type Identity, loginMethods } from "../../src/ssh/identity.ts";
import { openKeyring } from "../../src/ssh/keyring.ts";
import { testPassword } from "../support/accounts.ts";
import { withAgent as withAgentOn } from "../support/agent.ts";
import { makeKey, type Sshd, startSshd } from "../support/sshd.ts";
import {
  byKey,
  byPassword,
  failureText,
  keysOf,
  network,
  nobody,
  optionsFor,
  output,
  script,
  withRemote,
} from "./login.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let options: ConnectOptions;
let wrongKey: string;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  options = await optionsFor(sshd);
  wrongKey = await makeKey(join(sshd.folder, "wrong"), "ecdsa");
});
afterAll(() => sshd.stop());

const whoAmI = async (identity: Identity, user = "root", to = options): Promise<string> =>
  output(await withRemote({ ...to, user, identity }, (remote) => remote.exec(script("id -un")))).stdout.trim();
const refusal = async (identity: Identity, user = "root", to = options): Promise<string> =>
  failureText(await connect({ ...to, user, identity }, network));

const withAgent = (keys: readonly string[], use: (socket: string) => Promise<void>): Promise<void> =>
  withAgentOn({ socket: join(sshd.folder, "agent"), keys }, use);

describe("login with a key file", () => {
  it("needs no other attempt before it", async () => {
    const fresh = await startSshd({ count: 1, options: { LogLevel: "DEBUG1" } });
    const to = await optionsFor(fresh);
    expect(await whoAmI(to.identity, "deploy", to)).toBe("deploy");
    expect(fresh.hosts[0]!.log()).toContain("method publickey");
    expect(fresh.hosts[0]!.log()).not.toContain("method none");
    await fresh.stop();
  });

  it.each(["ed25519", "ecdsa", "rsa"] as const)("works with %s and a passphrase", async (type) => {
    const key = await makeKey(join(sshd.folder, `phrase_${type}`), type, "open sesame");
    await execute("sh", ["-c", `cat '${key}.pub' >>'${join(sshd.folder, "authorized_keys")}'`]);
    expect(await whoAmI(await byKey(key, "open sesame"))).toBe("root");
    expect(await refusal(await byKey(key, "wrong"))).toBe(
      `key_unusable: there was nothing to log in with as root; ${key}: the passphrase does not fit`,
    );
    expect(await refusal(await byKey(key))).toMatch(/^key_unusable: .*encrypted, and no passphrase was given/);
  });

  it("asks for a passphrase once, and goes on without the key when there is none", async () => {
    const key = await makeKey(join(sshd.folder, "asked"), "ed25519", "open sesame");
    const asked: string[] = [];
    const keyring = openKeyring({
      clock: systemClock,
      ask: (file) => {
        asked.push(file);
        return Promise.resolve(undefined);
      },
    });
    const request = { onlyNamed: false, agentSocket: undefined, methods: loginMethods };
    const files = [key, sshd.clientKey].map((path) => ({ path, optional: false }));
    const loaded = await keyring({ ...request, files });
    await keyring({ ...request, files: files.slice(0, 1) });
    expect(asked).toEqual([key]);
    expect(await whoAmI({ ...nobody, ...loaded })).toBe("root");
  });

  it("is refused with another key, and says what was tried", async () => {
    expect(await refusal(await byKey(wrongKey))).toBe(
      `login_refused: root was refused with ${wrongKey}; the host would take publickey, password`,
    );
  });

  it("passes over usual files that are missing, and names others", async () => {
    const none = join(sshd.folder, "none");
    expect((await keysOf([{ path: none, optional: true }])).unusable).toEqual([]);
    expect((await keysOf([none])).unusable).toEqual([`${none}: no such file`]);
    await writeFile(none, "not a key\n");
    const { unusable } = await keysOf([{ path: none, optional: true }, `${wrongKey}.pub`]);
    expect(unusable).toEqual([
      `${none}: not a private key that can be used here`,
      `${wrongKey}.pub: a public key, and no agent holds its private key`,
    ]);
  });

  it("reads neither a named pipe, a folder, nor a file that is too large for a key", async () => {
    const [pipe, large] = ["pipe", "large"].map((name) => join(sshd.folder, name)) as [string, string];
    await execute("mkfifo", [pipe]);
    await execute("truncate", ["--size", "1048577", large]);
    expect((await keysOf([pipe, sshd.folder, large])).unusable).toEqual([
      `${pipe}: not a regular file`,
      `${sshd.folder}: not a regular file`,
      `${large}: too large for a private key`,
    ]);
  });
});

describe("login with an agent", () => {
  it("tries its keys, and those that were asked for first", async () => {
    const others = await Promise.all(
      Array.from({ length: 7 }, (_, at) => makeKey(join(sshd.folder, `agent_${at}`), "ed25519")),
    );
    await withAgent([...others, sshd.clientKey], async (agentSocket) => {
      // sshd allows six attempts: in the agent's own order ours would come too late.
      expect(await whoAmI({ ...(await byKey(sshd.clientKey)), agentSocket })).toBe("root");
      expect(await refusal({ ...nobody, agentSocket })).toMatch(
        /^login_refused: root was refused with the agent; .*[Tt]oo many/,
      );
    });
  });

  it("goes on to key files when the agent has none that fits, is gone, or has no keys", async () => {
    const identity = await byKey(sshd.clientKey);
    await withAgent([wrongKey], async (agentSocket) => {
      expect(await whoAmI({ ...identity, agentSocket })).toBe("root");
    });
    expect(await whoAmI({ ...identity, agentSocket: join(sshd.folder, "no-agent") })).toBe("root");
    await withAgent([], async (agentSocket) => {
      expect(await refusal({ ...nobody, agentSocket })).toBe("login_refused: there was nothing to log in with as root");
    });
  });

  it("does not wait for ever for an agent that hangs", async () => {
    const agentSocket = join(sshd.folder, "hanging");
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(agentSocket, resolve));
    const hasty = { ...options, timeouts: { connect: 5000, login: 500 } };
    expect(await refusal({ ...nobody, agentSocket }, "root", hasty)).toMatch(/^login_timeout: /);
    // The end of our side closes the agent's connection, too: else this would never call back.
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("which keys a host sees, and in which order", () => {
  /** A host that logs the fingerprint of each key that it is offered. */
  let strict: Sshd;
  let others: readonly string[];
  let encrypted: string;
  const [good, other] = [() => strict.clientKey, (at: number) => others[at]!];
  beforeAll(async () => {
    strict = await startSshd({ count: 1, options: { LogLevel: "DEBUG2", MaxAuthTries: "3" } });
    const folder = strict.folder;
    others = await Promise.all([1, 2, 3, 4].map((at) => makeKey(join(folder, `other${at}`), "ed25519")));
    encrypted = await makeKey(join(folder, "encrypted"), "ed25519", "open sesame");
    await execute("sh", ["-c", `cat '${encrypted}.pub' >>'${join(folder, "authorized_keys")}'`]);
  });
  afterAll(() => strict.stop());

  const fingerprintOf = async (file: string): Promise<string> =>
    (await execute("ssh-keygen", ["-l", "-f", `${file}.pub`])).stdout.split(" ")[1]!;
  /** Names of the keys that the host is offered, or why it did not let us in. */
  const offers = async (identity: Identity): Promise<readonly string[]> => {
    const before = strict.hosts[0]!.log().length;
    const result = await connect({ ...(await optionsFor(strict)), identity }, network);
    if (result.kind === "connected") result.remote.close();
    const files = [good(), encrypted, ...others];
    const known = new Map(await Promise.all(files.map(async (file) => [await fingerprintOf(file), file] as const)));
    const seen = strict.hosts[0]!.log()
      .slice(before)
      .matchAll(/ test pkalg \S+ pkblob \S+ (SHA256:\S+)/g);
    const names = [...seen].map(([, print = ""]) => known.get(print)?.split("/").at(-1) ?? "a stranger");
    return [...new Set(names), result.kind === "failed" ? result.failure.code : "in"];
  };
  const agentWith = (keys: readonly string[], use: (socket: string) => Promise<void>): Promise<void> =>
    withAgentOn({ socket: join(strict.folder, "agent"), keys }, use);

  it("the agent's keys of named files, named files, the agent's other keys, usual files; none twice", async () => {
    await agentWith([other(0), other(1)], async (agentSocket) => {
      const files = [other(1), good()];
      const named = await keysOf(files, { agentSocket });
      expect(await offers({ ...nobody, ...named })).toEqual(["other2", "client", "in"]);
      const usual = await keysOf(
        [
          { path: other(1), optional: true },
          { path: good(), optional: true },
        ],
        { agentSocket },
      );
      expect(await offers({ ...nobody, ...usual })).toEqual(["other2", "other1", "client", "in"]);
    });
  });

  it("of an agent with too many keys, the named one comes first; without a name none of them helps", async () => {
    await agentWith([...others, good()], async (agentSocket) => {
      expect(await offers({ ...nobody, ...(await keysOf([good()], { agentSocket })) })).toEqual(["client", "in"]);
      expect((await offers({ ...nobody, ...(await keysOf([], { agentSocket })) })).at(-1)).toBe("login_refused");
    });
  });

  it("with IdentitiesOnly only the named ones, from the agent or a file", async () => {
    await agentWith([other(0), good()], async (agentSocket) => {
      const only = async (files: readonly string[]): Promise<readonly string[]> =>
        offers({ ...nobody, ...(await keysOf(files, { agentSocket, onlyNamed: true })) });
      expect(await only([good()])).toEqual(["client", "in"]);
      expect(await only([`${good()}.pub`])).toEqual(["client", "in"]);
      expect(await only([other(1)])).toEqual(["other2", "login_refused"]);
      expect(await only([])).toEqual(["login_refused"]);
    });
  });

  it("without an agent where none is wanted (IdentityAgent none)", async () => {
    await agentWith([good()], async () => {
      expect(await offers({ ...nobody, ...(await keysOf([other(0)])) })).toEqual(["other1", "login_refused"]);
    });
  });

  it("an encrypted key from the agent, without a question", async () => {
    const socket = join(strict.folder, "agent");
    await agentWith([], async (agentSocket) => {
      const askpass = join(strict.folder, "askpass");
      await writeFile(askpass, "#!/bin/sh\necho open sesame\n", { mode: 0o700 });
      const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
      await execute("ssh-add", ["-q", encrypted], { env });
      const keyring = openKeyring({ clock: systemClock, ask: () => Promise.reject(new Error("asked")) });
      const files = [{ path: encrypted, optional: false }];
      const keys = await keyring({ files, onlyNamed: false, agentSocket, methods: loginMethods });
      expect(keys.unusable).toEqual([]);
      expect(await offers({ ...nobody, ...keys })).toEqual(["encrypted", "in"]);
    });
  });
});

describe("the methods that may be used", () => {
  it("limit what is tried, and order it", async () => {
    const identity = { ...(await byKey(wrongKey)), password: secret(testPassword) };
    expect(await whoAmI({ ...identity, methods: ["password"] }, "operator")).toBe("operator");
    expect(await refusal({ ...identity, methods: ["publickey"] }, "operator")).toBe(
      `login_refused: operator was refused with ${wrongKey}; the host would take publickey, password`,
    );
    const wrong = { ...identity, password: secret("swordfish"), methods: ["password", "publickey"] as const };
    expect(await refusal(wrong, "operator")).toMatch(/^login_refused: operator was refused with a password, \//);
  });

  it("never send the same password twice to a host that takes both ways", async () => {
    const asking = await startSshd({
      count: 1,
      options: { UsePAM: "yes", KbdInteractiveAuthentication: "yes", PasswordAuthentication: "yes" },
    });
    const to = await optionsFor(asking);
    for (const methods of [
      ["password", "keyboard-interactive"],
      ["keyboard-interactive", "password"],
    ] as const) {
      const said = await refusal({ ...byPassword("swordfish"), methods }, "operator", to);
      expect(said).toMatch(/^login_refused: operator was refused with a password( \(interactive\))?; the host/);
    }
    await asking.stop();
  });
});

describe("login with a password", () => {
  it("works after the keys were refused", async () => {
    expect(await whoAmI(byPassword(), "operator")).toBe("operator");
    expect(await whoAmI({ ...(await byKey(wrongKey)), password: secret(testPassword) }, "operator")).toBe("operator");
  });

  it("is refused without naming it", async () => {
    const said = await refusal(byPassword("swordfish"), "operator");
    expect(said).toBe("login_refused: operator was refused with a password; the host would take publickey, password");
  });

  it("answers where the host only asks interactively", async () => {
    const asking = await startSshd({
      count: 1,
      options: { UsePAM: "yes", KbdInteractiveAuthentication: "yes", PasswordAuthentication: "no" },
    });
    const to = await optionsFor(asking);
    expect(await whoAmI(byPassword(), "operator", to)).toBe("operator");
    expect(await refusal(byPassword("swordfish"), "operator", to)).toMatch(
      /^login_refused: operator was refused with .*interactive/,
    );
    await asking.stop();
  });

  it("completes a login that wants a key and a password", async () => {
    const both = await startSshd({ count: 1, options: { AuthenticationMethods: "publickey,password" } });
    const to = await optionsFor(both);
    const identity = { ...to.identity, password: secret(testPassword) };
    expect(await whoAmI(identity, "operator", to)).toBe("operator");
    expect(await refusal(to.identity, "operator", to)).toMatch(/^login_refused: .*the host would take password$/);
    await both.stop();
  });
});

it("says so when there is nothing to log in with", async () => {
  expect(await refusal(nobody)).toBe("login_refused: there was nothing to log in with as root");
});

it("shows a banner to nobody", async () => {
  const chatty = await startSshd({ count: 1, options: { Banner: "/etc/passwd" } });
  const to = await optionsFor(chatty);
  expect(await whoAmI(to.identity, "root", to)).toBe("root");
  await chatty.stop();
});
