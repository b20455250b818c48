import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { appendFile, chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../../src/model/host.ts";
import { systemClock } from "../../../src/remote/clock.ts";
import type { ConnectResult } from "../../../src/remote/port.ts";
import { connectOpenssh } from "../../../src/ssh/openssh/connect.ts";
import { type OpensshFolder, openOpensshFolder } from "../../../src/ssh/openssh/folder.ts";
import type { OpensshOptions } from "../../../src/ssh/openssh/options.ts";
import { testPassword } from "../../support/accounts.ts";
import { makeKey, type Sshd, startSshd } from "../../support/sshd.ts";
import { codeOf } from "../both/transports.ts";
import { failureText, output, script } from "../login.ts";
import { processesWith, type Running } from "./processes.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let runtime: string;
let authority: string;
beforeAll(async () => {
  sshd = await startSshd({
    count: 2,
    hostKeys: ["ed25519"],
    options: { KexAlgorithms: "sntrup761x25519-sha512@openssh.com" },
  });
  runtime = join(sshd.folder, "run");
  await mkdir(runtime, { mode: 0o700 });
  authority = await makeKey(join(sshd.folder, "ca"), "ed25519");
});
afterAll(() => sshd.stop());

const openFolder = (environment: NodeJS.ProcessEnv = {}): OpensshFolder =>
  openOpensshFolder({
    environment: { ...process.env, XDG_RUNTIME_DIR: runtime, ...environment },
    clock: systemClock,
  });

/** The first host, with the fleet's key, and settings of ssh_config in a file. */
const optionsFor = async (
  folder: OpensshFolder,
  settings: readonly string[] = [],
  { hosts, clientKey } = sshd,
): Promise<OpensshOptions> => {
  const config = join(sshd.folder, `config_${Math.random()}`);
  await writeFile(config, settings.map((line) => `${line}\n`).join(""));
  const { address, port } = hosts[0]!;
  return {
    ...{ address, folder, clock: systemClock, password: undefined, passphrase: undefined },
    arguments: ["-F", config, "-p", String(port), "-l", "root", "-i", clientKey, "-o", "IdentityAgent=none"],
    hostKeys: { file: sshd.knownHostsFile, acceptNew: false },
    keepAlive: { interval: 15_000, countMax: 3 },
    timeouts: { connect: 5000, login: 10_000 },
  };
};

const whoAmI = async (result: ConnectResult): Promise<string> => {
  if (result.kind === "failed") throw new Error(failureText(result));
  const said = output(await result.remote.exec(script("id -un"))).stdout.trim();
  result.remote.close();
  return said;
};

/** Runs with a folder of its own, which is closed at the end. */
const withFolder = async <T>(
  use: (folder: OpensshFolder) => Promise<T>,
  environment?: NodeJS.ProcessEnv,
): Promise<T> => {
  const folder = openFolder(environment);
  try {
    return await use(folder);
  } finally {
    await folder.close();
  }
};

describe("the program does what our own transport cannot:", () => {
  it("exchanges keys that no quantum computer breaks", async () => {
    expect(await withFolder(async (folder) => whoAmI(await connectOpenssh(await optionsFor(folder))))).toBe("root");
  });

  it.each([
    ["takes a host's certificate", "127.1.0.1", "no failure"],
    ["refuses a host's certificate for another name", "another.example", "host_key_unknown"],
  ])("%s", async (_, principal, code) => {
    const key = await makeKey(join(sshd.folder, principal), "ecdsa");
    await execute("ssh-keygen", ["-q", "-s", authority, "-I", "host", "-h", "-n", principal, `${key}.pub`]);
    const certified = await startSshd({ count: 1, options: { HostKey: key, HostCertificate: `${key}-cert.pub` } });
    const known = join(sshd.folder, `authorities_${principal}`);
    await writeFile(known, `@cert-authority * ${await readFile(`${authority}.pub`, "utf8")}`);
    await withFolder(async (folder) => {
      const to = await optionsFor(folder, ["HostKeyAlgorithms ecdsa-sha2-nistp256-cert-v01@openssh.com"], certified);
      const result = await connectOpenssh({ ...to, hostKeys: { file: known, acceptNew: false } });
      expect(codeOf(result)).toBe(code);
    });
    await certified.stop();
  });

  it("logs in with a user's certificate", async () => {
    const key = await makeKey(join(sshd.folder, "user"), "ed25519");
    await execute("ssh-keygen", ["-q", "-s", authority, "-I", "user", "-n", "root", `${key}.pub`]);
    await appendFile(
      join(sshd.folder, "authorized_keys"),
      `cert-authority ${await readFile(`${authority}.pub`, "utf8")}`,
    );
    await withFolder(async (folder) => {
      const options = await optionsFor(folder, [
        `CertificateFile ${key}-cert.pub`,
        `IdentityFile ${key}`,
        "IdentitiesOnly yes",
      ]);
      const words = options.arguments.filter((word) => word !== "-i" && word !== sshd.clientKey);
      expect(await whoAmI(await connectOpenssh({ ...options, arguments: words }))).toBe("root");
    });
  });

  it("asks Match exec, and goes where it leads", async () => {
    await withFolder(async (folder) => {
      const options = await optionsFor(folder, [
        "Match host elsewhere exec true",
        `  HostName ${sshd.hosts[0]!.address}`,
      ]);
      expect(await whoAmI(await connectOpenssh({ ...options, address: "elsewhere" }))).toBe("root");
    });
  });
});

describe("an encrypted key", () => {
  it("has its passphrase asked for once in a run, however many hosts want it", async () => {
    const key = await makeKey(join(sshd.folder, "locked"), "ed25519", "open sesame");
    await appendFile(join(sshd.folder, "authorized_keys"), await readFile(`${key}.pub`));
    const asked: string[] = [];
    const passphrase = (file: string) => {
      asked.push(file);
      return Promise.resolve(secret("open sesame"));
    };
    await withFolder(async (folder) => {
      const options = await optionsFor(folder);
      const words = options.arguments.map((word) => (word === sshd.clientKey ? key : word));
      const hosts = sshd.hosts.map(({ address }) => ({ ...options, address, arguments: words, passphrase }));
      const results = await Promise.all(hosts.map((host) => connectOpenssh(host)));
      expect(await Promise.all(results.map(whoAmI))).toEqual(["root", "root"]);
    });
    expect(asked).toEqual([key]);
  });
});

describe("a password", () => {
  it("stands on no argument list and in no environment while it is handed over", async () => {
    const spies = join(sshd.folder, "spies");
    await mkdir(spies);
    const seen = join(sshd.folder, "seen");
    // What prints the password to ssh looks around, before and after.
    const look = `grep -l -a '${testPassword}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -v "/proc/$$/" >>'${seen}'`;
    await writeFile(
      join(spies, "head"),
      `#!/bin/sh\necho looked >>'${seen}'\n${look.replace(testPassword, "[c]orrect horse")}\nexec /usr/bin/head "$@"\n`,
    );
    await chmod(join(spies, "head"), 0o755);
    await withFolder(
      async (folder) => {
        const options = await optionsFor(folder);
        const words = options.arguments.map((word) => (word === "root" ? "operator" : word));
        const without = words.filter((word) => word !== "-i" && word !== sshd.clientKey);
        const result = await connectOpenssh({
          ...options,
          arguments: [...without, "-o", "IdentityFile=none"],
          password: secret(testPassword),
        });
        expect(await whoAmI(result)).toBe("operator");
      },
      { PATH: `${spies}:${process.env.PATH ?? ""}` },
    );
    expect(await readFile(seen, "utf8")).toBe("looked\n");
  });
});

describe("a command", () => {
  it("never opens a connection of its own when the master is gone, or its socket", async () => {
    await withFolder(async (folder) => {
      const options = await optionsFor(folder);
      for (const lose of [
        (own: string) => {
          for (const { pid } of processesWith(own)) process.kill(pid, "SIGKILL");
          return Promise.resolve();
        },
        (own: string) => rm(join(own, "s")),
      ]) {
        const result = await connectOpenssh(options);
        if (result.kind === "failed") throw new Error(failureText(result));
        const logins = () => sshd.hosts[0]!.log().match(/Connection from/g)?.length;
        const before = logins();
        const [own = ""] = (await readdir(runtime)).map((name) => join(runtime, name));
        const [room = ""] = (await readdir(own)).filter((name) => /^\d+$/.test(name));
        await lose(join(own, room));
        const after = await result.remote.exec(script("echo ran", { changes: true }));
        expect(after).toMatchObject({
          kind: "failed",
          failure: { code: expect.stringMatching(/connection_lost|no_exit_status/) as string },
        });
        expect(logins()).toBe(before);
        result.remote.close();
        await expect.poll(() => existsSync(join(own, room))).toBe(false);
      }
    });
  });
});

describe("a master that goes away in the middle of a command", () => {
  it("is a lost connection, not a command without a status", async () => {
    await withFolder(async (folder) => {
      const result = await connectOpenssh(await optionsFor(folder));
      if (result.kind === "failed") throw new Error(failureText(result));
      const running = result.remote.exec(script("echo begun >&2; sleep 4323", { changes: true }));
      await expect.poll(() => processesWith("sleep 4323").length).toBeGreaterThan(0);
      for (const { pid } of processesWith(runtime).filter(({ words }) => words.includes(" -M ")))
        process.kill(pid, "SIGKILL");
      expect(await running).toMatchObject({ kind: "failed", failure: { code: "connection_lost", sent: true } });
    });
  });
});

describe("this machine's own lack", () => {
  it("of file descriptors is told as that, when a command cannot be started", async () => {
    const limit = (most: string) => execute("prlimit", ["--pid", String(process.pid), `--nofile=${most}:`]);
    const before = (await execute("prlimit", ["--pid", String(process.pid), "--nofile", "-o", "SOFT", "--noheadings"]))
      .stdout;
    await withFolder(async (folder) => {
      const result = await connectOpenssh(await optionsFor(folder));
      if (result.kind === "failed") throw new Error(failureText(result));
      await limit("200");
      const held: number[] = [];
      try {
        for (;;) held.push(openSync("/dev/null", "r"));
      } catch {
        // None is left.
      }
      const said = await result.remote.exec(script("true", { changes: true }));
      for (const one of held) closeSync(one);
      await limit(before.trim());
      expect(said).toMatchObject({ kind: "failed", failure: { code: "no_file_descriptor", sent: false } });
    });
  });

  it("of room for the log is told as that, whatever the host did", async () => {
    const small = join(sshd.folder, "small");
    await mkdir(small);
    await execute("mount", ["-t", "tmpfs", "-o", "size=16k,mode=700", "none", small]);
    await withFolder(
      async (folder) => {
        const options = await optionsFor(folder, ["ProxyCommand false"]);
        await folder.prepare();
        await execute("sh", ["-c", 'cat /dev/zero >"$0" 2>/dev/null || true', join(small, "filler")]);
        expect(failureText(await connectOpenssh(options))).toMatch(/^protocol_error: .* (disk|space)/);
      },
      { XDG_RUNTIME_DIR: small },
    );
    await execute("umount", [small]);
  });
});

describe("many at once", () => {
  it("are waited for without a warning about them", async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error) => void warnings.push(message);
    process.on("warning", hear);
    await withFolder(async (folder) => {
      const options = await optionsFor(folder, ["ProxyCommand false"]);
      const results = await Promise.all(Array.from({ length: 12 }, () => connectOpenssh(options)));
      expect(results.map(codeOf)).toEqual(Array.from({ length: 12 }, () => "proxy_failed"));
    });
    process.off("warning", hear);
    expect(warnings).toEqual([]);
  });
});

describe("nothing is left", () => {
  it("of a connection that is closed, nor of one that the run's end closes", async () => {
    const folder = openFolder();
    const options = await optionsFor(folder);
    const first = await connectOpenssh(options);
    const second = await connectOpenssh(options);
    expect([first.kind, second.kind]).toEqual(["connected", "connected"]);
    expect(processesWith(runtime)).toHaveLength(2);
    if (first.kind === "connected") first.remote.close();
    await folder.close();
    expect(processesWith(runtime)).toEqual([]);
    expect(await readdir(runtime)).toEqual([]);
    await folder.close();
  });

  it("of a login that the run's end cuts off, its ProxyCommand neither", async () => {
    const folder = openFolder();
    const going = connectOpenssh(await optionsFor(folder, ["ProxyCommand sleep 4321"]));
    await expect.poll(() => processesWith("sleep 4321").length).toBeGreaterThan(0);
    await folder.close();
    expect(await going).toMatchObject({ kind: "failed", failure: { code: "stopped" } });
    await expect.poll(() => processesWith("sleep 4321")).toEqual([]);
    expect(await readdir(runtime)).toEqual([]);
  });

  it.each(["idle", "in a command that hangs"])("of a controller that is killed, %s", async (doing) => {
    const program = join(sshd.folder, "controller.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "controller.ts")],
      ...{ outfile: program, bundle: true, platform: "node", format: "esm", loader: { ".sh": "text" } },
      // The library behind the other transport is no part of this.
      external: ["ssh2"],
    });
    const { arguments: words, address, hostKeys } = await optionsFor(openFolder());
    const environment = { ...process.env, XDG_RUNTIME_DIR: runtime };
    const given = JSON.stringify({ words, address, hostKeys, stdin: doing === "idle" ? "" : "sleep 4322" });
    const controller = spawn(process.execPath, [program, given], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(controller.stdout, "data");
    expect(processesWith(runtime).length).toBeGreaterThan(0);
    const hanging = (): Running[] => processesWith("sleep 4322").filter(({ words }) => words.startsWith("sleep"));
    if (doing !== "idle") await expect.poll(() => hanging().length).toBe(1);
    controller.kill("SIGKILL");
    await expect.poll(() => processesWith(runtime), { timeout: 20_000 }).toEqual([]);
    // The command itself goes on, as it does over every transport.
    for (const { pid } of hanging()) process.kill(pid);
    await execute("rm", ["-r", ...(await readdir(runtime)).map((name) => join(runtime, name))]);
  });

  it("of a run that connects to nobody", async () => {
    await openFolder().close();
    expect(await readdir(runtime)).toEqual([]);
  });
});

describe("a program that cannot be used is told,", () => {
  const withProgram = async (text: string | undefined): Promise<string> => {
    const path = join(sshd.folder, `path_${text?.length ?? 0}`);
    await mkdir(path);
    if (text !== undefined) await writeFile(join(path, "ssh"), text, { mode: 0o755 });
    await symlink("/bin/sh", join(path, "sh"));
    return withFolder(async (folder) => failureText(await connectOpenssh(await optionsFor(folder))), { PATH: path });
  };

  it("where there is none", async () => {
    expect(await withProgram(undefined)).toMatch(/there is no ssh program on the PATH/);
  });

  it("where it is too old, or another one", async () => {
    expect(await withProgram("#!/bin/sh\necho 'OpenSSH_7.4p1, OpenSSL 1.0.2k' >&2\n")).toMatch(
      /7\.6 or later is needed.*7\.4p1/,
    );
    expect(await withProgram("#!/bin/sh\necho 'Sun_SSH_1.1' >&2; exit 0; # other\n")).toMatch(/7\.6 or later.*Sun_SSH/);
  });

  it("where it does not accept its configuration", async () => {
    const said = await withFolder(async (folder) =>
      failureText(await connectOpenssh(await optionsFor(folder, ["Host *", "  NoSuchKeyword yes"]))),
    );
    expect(said).toMatch(/^protocol_error: ssh says: .*line 2: Bad configuration option: nosuchkeyword/);
  });
});
