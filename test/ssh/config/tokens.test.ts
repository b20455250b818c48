import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SshOption } from "../../../src/model/host.ts";
import { opensshArguments } from "../../../src/ssh/config/arguments.ts";
import type { SshConfig } from "../../../src/ssh/config/config.ts";
import { readSshConfig } from "../../../src/ssh/config/read.ts";
import { resolveHost } from "../../../src/ssh/config/resolve.ts";
import { account, environment, inWordsOfTheJudge, judge, ofTheJudge } from "./judge.ts";

const folder = mkdtempSync(join(tmpdir(), "ctfleet-ssh-tokens-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "config");

const read = async (text: string): Promise<SshConfig> => {
  writeFileSync(file, text);
  const config = await readSshConfig({ userFile: "/nowhere/config", systemFile: "/nowhere/ssh_config", given: file });
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  return config.value;
};

type Asked = { readonly user?: string; readonly port?: number; readonly options?: readonly SshOption[] };

const resolve = (config: SshConfig, host: string, { user, port, options = [] }: Asked = {}) =>
  resolveHost(config, { ...account, host, user, port, options });

/** What `ssh -v` says that it starts as the proxy and reads as keys. The proxy ends at once, and so does ssh. */
const told = (args: readonly string[]): Promise<{ readonly command: string | undefined; readonly keys: string[] }> =>
  new Promise((done) => {
    execFile("ssh", ["-v", "-F", file, ...args, "true"], { env: environment }, (_, __, stderr) => {
      done({
        command: /Executing proxy command: exec (.*?)\r?\n/.exec(stderr)?.[1],
        keys: [...stderr.matchAll(/^debug1: identity file (\S+) type -?\d+\r?$/gm)].map(([, path = ""]) => path),
      });
    });
  });

describe("tokens", () => {
  it("of ProxyCommand and IdentityFile stand for what ssh says", async () => {
    const config = await read(`
Host alias
  HostName Real.Example
  HostKeyAlias Key.Alias
Host *
  ProxyCommand true %h %n %p %r %k 100%% "\${JUDGED}" # %h
  IdentityFile ~/keys/%h-%n-%p-%r-%k
  IdentityFile /keys/%u/%i/%L/%l/%C/%%
  IdentityFile %d/\${JUDGED}
`);
    for (const host of ["alias", "Web1", "192.0.2.1"]) {
      const settings = resolve(config, host, { user: "joe", port: 2200 });
      const { command, keys } = await told(["-l", "joe", "-p", "2200", host]);
      expect(settings.proxy).toEqual({ kind: "command", command });
      // beside each key, ssh looks for a certificate
      expect(settings.identityFiles).toEqual(keys.filter((key) => !key.endsWith("-cert")));
      expect(settings).toMatchObject({ needsOpenssh: [], refusals: [] });
    }
  });

  it("in ProxyJump stand for the same as in ProxyCommand", async () => {
    const config = await read("ProxyJump %r@gw-%n\nProxyJump never\n");
    expect(resolve(config, "web1", { user: "joe" }).proxy).toEqual({
      kind: "jump",
      hops: [{ host: "gw-web1", user: "joe", port: undefined }],
    });
  });

  it("that a keyword does not know are refused with their place", async () => {
    const config = await read(
      "Host a\n  ProxyCommand x %u\nHost b\n  IdentityFile %z\nHost c\n  IdentityAgent ${NO_SUCH}\n",
    );
    expect(resolve(config, "a").refusals).toEqual([`ProxyCommand: token "%u" is not known here, at ${file}:2`]);
    expect(resolve(config, "b").refusals).toEqual([`IdentityFile: token "%z" is not known here, at ${file}:4`]);
    expect(resolve(config, "c").refusals).toEqual([`IdentityAgent: the variable \${NO_SUCH} is not set, at ${file}:6`]);
  });

  it("bring no name with shell characters into a line for the shell", async () => {
    const config = await read("Host *\n  ProxyCommand connect %h %r\nHost safe\n  User x\n");
    for (const user of ["a;id", "$(id)", "a b", "-x", "D\\joe", "a\nb"]) {
      const settings = resolve(config, "safe", { user });
      expect(settings.proxy, user).toEqual({ kind: "none" });
      expect(settings.refusals.join("\n"), user).toContain("has characters that a shell would act on");
    }
    expect(resolve(config, "safe").proxy).toEqual({ kind: "command", command: "connect safe x" });
    expect(resolve(await read("ProxyCommand connect %n\n"), "a$(id)").proxy).toEqual({ kind: "none" });
  });
});

describe("ProxyJump", () => {
  it("may stand in quotes, and takes no blanks between hosts", async () => {
    expect(resolve(await read('ProxyJump "bastion"\n'), "a").proxy).toMatchObject({ hops: [{ host: "bastion" }] });
    await expect(read("ProxyJump one, two\n")).rejects.toThrow("is not a list of");
  });
});

describe("a hop of ProxyJump", () => {
  it("gets its user, its port, the hops before it and -F from ssh, and none of the host's options", async () => {
    await read("");
    const stderr = await new Promise<string>((done) => {
      const args = [
        "-v",
        "-F",
        file,
        "-o",
        "ConnectTimeout=1",
        "-i",
        "/k",
        "-l",
        "me",
        "-J",
        "127.0.0.1:1,joe@127.0.0.2:2200",
        "web1",
      ];
      execFile("ssh", [...args, "true"], { env: environment }, (_, __, text) => done(text));
    });
    expect(stderr).toContain(
      `implicit ProxyCommand from ProxyJump: ssh -l joe -p 2200 -J 127.0.0.1:1 -F ${file} -v -W '[%h]:%p' 127.0.0.2`,
    );
  });
});

describe("opensshArguments", () => {
  it("lead ssh to the same settings", async () => {
    const config = await read(
      "Host a\n  User file\n  Port 1\n  ConnectTimeout 5\nMatch user joe\n  BindAddress 127.0.0.9\n",
    );
    const options = [
      { keyword: "connecttimeout", value: "1m" },
      { keyword: "user", value: "option" },
      { keyword: "identityfile", value: '"/a b/c" # comment' },
      { keyword: "proxycommand", value: "sh -c 'connect \"$0\"' # x" },
    ];
    for (const asked of [{}, { options }, { user: "joe" }, { user: "joe", port: 7, options }]) {
      const settings = resolve(config, "a", asked);
      const args = opensshArguments({
        configFile: file,
        options: [],
        user: undefined,
        port: undefined,
        ...asked,
      });
      const judgement = await judge([...args, "--", "a"]);
      if (judgement.kind === "refused") throw new Error(judgement.stderr);
      expect(inWordsOfTheJudge(settings, judgement.values)).toEqual(ofTheJudge(judgement.values));
    }
  });
});
