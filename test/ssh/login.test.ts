import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { type Identity, loadKeys } from "../../src/ssh/identity.ts";
import { testPassword } from "../support/accounts.ts";
import { withAgent as withAgentOn } from "../support/agent.ts";
import { makeKey, type Sshd, startSshd } from "../support/sshd.ts";
import { byKey, byPassword, failureText, nobody, optionsFor, output, script, withRemote } from "./login.ts";

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
  failureText(await connect({ ...to, user, identity }));

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
    const files = [key, sshd.clientKey].map((path) => ({ path, optional: false }));
    const loaded = await loadKeys(files, (file) => {
      asked.push(file);
      return Promise.resolve(undefined);
    });
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
    expect((await loadKeys([{ path: none, optional: true }], undefined)).unusable).toEqual([]);
    expect((await loadKeys([{ path: none, optional: false }], undefined)).unusable).toEqual([`${none}: no such file`]);
    await writeFile(none, "not a key\n");
    const { unusable } = await loadKeys(
      [
        { path: none, optional: true },
        { path: `${wrongKey}.pub`, optional: false },
      ],
      undefined,
    );
    expect(unusable.join()).toMatch(/none: not a private key.*wrong\.pub: not a private key/);
  });

  it("reads neither a named pipe, a folder, nor a file that is too large for a key", async () => {
    const [pipe, large] = ["pipe", "large"].map((name) => join(sshd.folder, name)) as [string, string];
    await execute("mkfifo", [pipe]);
    await execute("truncate", ["--size", "1048577", large]);
    const files = [pipe, sshd.folder, large].map((path) => ({ path, optional: false }));
    expect((await loadKeys(files, undefined)).unusable).toEqual([
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
