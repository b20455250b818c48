import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { HostName } from "../../src/model/brand.ts";
import type { Connection } from "../../src/model/host.ts";
import { opensshArguments } from "../../src/ssh/config/arguments.ts";
import type { SshConfig } from "../../src/ssh/config/config.ts";
import { readSshConfig } from "../../src/ssh/config/read.ts";
import { waitsOf } from "../../src/ssh/endpoints.ts";
import { findTwins } from "../../src/ssh/find-twins.ts";
import { type CommonRoute, planRoute, type Route, type Routed } from "../../src/ssh/routes.ts";
import { aHost } from "../support/play.ts";
import { judge } from "./config/judge.ts";

const folder = mkdtempSync(join(tmpdir(), "ctfleet-routes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const given = join(folder, "config");

const account = { localUser: "me", localUid: 1000, home: "/home/me", localHostname: "desk", env: {} };
const unsaid = { port: undefined, user: undefined, privateKeyFile: undefined, transport: undefined };
const nothing: CommonRoute = { ...unsaid, sshOptions: [], connectTimeout: undefined };

type Asked = Partial<Connection> & { readonly common?: Partial<CommonRoute>; readonly config?: string };

const configOf = async (text: string): Promise<SshConfig> => {
  writeFileSync(given, text);
  const config = await readSshConfig({ userFile: "/nowhere/config", systemFile: "/nowhere/ssh_config", given });
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  return config.value;
};

const plan = async (address: string, { common, config = "", ...connection }: Asked = {}): Promise<Routed> => {
  const host = {
    ...{ ...aHost, name: address as HostName },
    connection: { ...aHost.connection, ...unsaid, ...connection, address },
  };
  return planRoute(host, { config: await configOf(config), account, common: { ...nothing, ...common } });
};

const route = async (address: string, asked: Asked = {}): Promise<Route> => {
  const routed = await plan(address, asked);
  if (routed.kind === "fault") throw new Error(routed.because);
  return routed.route;
};

const places = ({ hops }: Route): readonly string[] =>
  hops.map(({ user, hostname, port }) => `${user}@${hostname}:${port}`);

describe("what leads to a host", () => {
  it("stands in Ansible's order: port, key and user, then the timeout, then the ssh arguments", async () => {
    const sshOptions = [{ keyword: "user", value: "late" }];
    const { options, target } = await route("web1", {
      port: 7,
      privateKeyFile: "/k",
      user: "joe",
      timeout: 5,
      sshOptions,
    });
    expect(options.map(({ keyword }) => keyword)).toEqual(["port", "identityfile", "user", "connecttimeout", "user"]);
    expect(target).toMatchObject({ port: 7, user: "joe", identityFiles: ["/k"], connectTimeout: 5 });
  });

  it("is what the inventory says, else the command line, else the configuration, else a default", async () => {
    const config = "User file\nIdentityFile /file\nPort 1\nBindAddress 127.0.0.1\n";
    const common = { user: "line", privateKeyFile: "/line", sshOptions: [{ keyword: "port", value: "2" }] };
    const own = { user: "own", privateKeyFile: "/own", sshOptions: [{ keyword: "bindaddress", value: "127.0.0.2" }] };
    const seen = async (asked: Asked) => {
      const { user, identityFiles, port, bindAddress } = (await route("web1", asked)).target;
      return [user, identityFiles?.[0], port, bindAddress];
    };
    expect(await seen({})).toEqual(["me", undefined, 22, undefined]);
    expect(await seen({ config })).toEqual(["file", "/file", 1, "127.0.0.1"]);
    expect(await seen({ config, common })).toEqual(["line", "/line", 2, "127.0.0.1"]);
    // a host's own ssh arguments stand instead of those for all, as with Ansible
    expect(await seen({ config, common, ...own })).toEqual(["own", "/own", 1, "127.0.0.2"]);
  });

  it("is waited for as inventory, command line or configuration say, else 10 seconds, and twice that for the login", async () => {
    const config = "ConnectTimeout 30\n";
    const waits = async (asked: Asked) => waitsOf((await route("web1", asked)).target).timeouts;
    expect(await waits({})).toEqual({ connect: 10_000, login: 20_000 });
    expect(await waits({ config })).toEqual({ connect: 30_000, login: 60_000 });
    expect(await waits({ config, common: { connectTimeout: 20 } })).toEqual({ connect: 20_000, login: 40_000 });
    expect(await waits({ config, common: { connectTimeout: 20 }, timeout: 5 })).toEqual({
      connect: 5000,
      login: 10_000,
    });
  });

  it("may be a key file with blanks, quotes and percent signs, for us and for ssh", async () => {
    const privateKeyFile = '/keys/a "b" 100%h\\';
    const { options, target } = await route("web1", { privateKeyFile });
    expect(target.identityFiles).toEqual([privateKeyFile]);
    const args = opensshArguments({ configFile: given, options, user: undefined, port: undefined });
    const judgement = await judge([...args, "--", "web1"]);
    // ssh prints it before the tokens are taken for what they stand for
    expect(judgement.kind === "settings" && judgement.values.get("identityfile")).toEqual([
      privateKeyFile.replaceAll("%", "%%"),
    ]);
  });

  it("is the transport of the inventory, else of the command line, else the one that fits", async () => {
    expect((await route("web1")).transport).toBe("auto");
    expect((await route("web1", { common: { transport: "openssh" } })).transport).toBe("openssh");
    expect((await route("web1", { common: { transport: "openssh" }, transport: "ssh2" })).transport).toBe("ssh2");
  });
});

describe("jump hosts", () => {
  it("are reached by their own settings: the host's user, port, key and arguments are not for them", async () => {
    const config = "Host web1\n  ProxyJump gate\nHost gate\n  HostName gate.example\n  User guard\n";
    const own = { user: "joe", port: 7, privateKeyFile: "/k", timeout: 3 };
    const sshOptions = [{ keyword: "bindaddress", value: "127.0.0.9" }];
    const found = await route("web1", {
      config,
      ...own,
      sshOptions,
      common: { user: "line", privateKeyFile: "/line" },
    });
    expect(places(found)).toEqual(["guard@gate.example:22"]);
    expect(found.hops[0]).toMatchObject({
      identityFiles: undefined,
      connectTimeout: undefined,
      bindAddress: undefined,
    });
  });

  it("stand in the order of travel, those of the first jump host before it", async () => {
    const config = "Host web1\n  ProxyJump b,joe@c:7\nHost b\n  ProxyJump a\nHost c\n  ProxyJump never\n";
    expect(places(await route("web1", { config }))).toEqual(["me@a:22", "me@b:22", "joe@c:7"]);
  });

  it("that lead in a circle are a fault", async () => {
    const circle = (through: string) => ({
      kind: "fault",
      because: `its jump hosts lead in a circle, through ${through}`,
    });
    const config = "Host a\n  ProxyJump b\nHost b\n  ProxyJump c\nHost c\n  ProxyJump b\n";
    expect(await plan("a", { config })).toEqual(circle("b"));
    expect(await plan("gate", { config: "ProxyJump gate\n" })).toMatchObject({ kind: "fault" });
    expect(await plan("web1", { config: "Host *\n  ProxyJump gate\n" })).toEqual(circle("gate"));
  });

  it("bring their reasons for the OpenSSH program, each told once", async () => {
    const config = "Host web1\n  ProxyJump a,b\nHost a b\n  PKCS11Provider /token.so\n";
    expect((await route("web1", { config })).needsOpenssh).toEqual([`PKCS11Provider at ${given}:4`]);
  });

  it("behind a ProxyCommand are for the program, and their faults are the host's", async () => {
    const config = "Host web1\n  ProxyJump a\nHost a\n  ProxyCommand connect %h\n";
    expect((await route("web1", { config })).needsOpenssh).toEqual(["ProxyCommand of the jump host a"]);
    const faulty = "Host web1\n  ProxyJump a\nHost a\n  IdentityFile %z\n";
    expect(await plan("web1", { config: faulty })).toEqual({
      kind: "fault",
      because: `IdentityFile: token "%z" is not known here, at ${given}:4`,
    });
  });
});

describe("one machine under two names", () => {
  const twins = async (one: readonly [string, Asked?], other: readonly [string, Asked?]): Promise<readonly string[]> =>
    findTwins([await route(...one), await route(...other)]).map(({ what }) => what);

  it("is found by its address as the system prints it, and by what the configuration makes of its name", async () => {
    expect(await twins(["127.1"], ["127.0.0.1"])).toEqual(["127.0.0.1 port 22"]);
    expect(await twins(["::1"], ["0:0:0:0:0:0:0:1"])).toEqual(["::1 port 22"]);
    expect(await twins(["WEB1"], ["web1"])).toEqual(["web1 port 22"]);
    expect(await twins(["a", { config: "Host a\n  HostName b\n" }], ["b"])).toEqual(["b port 22"]);
    expect(await twins(["web1", { user: "joe" }], ["web1"])).toEqual(["web1 port 22"]);
  });

  it("is not where the port, the way or the root is another", async () => {
    expect(await twins(["web1", { port: 2222 }], ["web1"])).toEqual([]);
    expect(await twins(["web1", { root: "/images/1" }], ["web1", { root: "/images/2" }])).toEqual([]);
    const through = (gate: string) => ({ config: `Host 10.0.0.1\n  ProxyJump ${gate}\n` });
    expect(await twins(["10.0.0.1", through("east")], ["10.0.0.1", through("west")])).toEqual([]);
    expect(await twins(["10.0.0.1", through("east")], ["10.0.0.1", through("east")])).toEqual(["10.0.0.1 port 22"]);
    const command = (gate: string) => ({ config: `ProxyCommand connect ${gate} %h\n` });
    expect(await twins(["10.0.0.1", command("east")], ["10.0.0.1", command("west")])).toEqual([]);
  });
});
