import { execFile } from "node:child_process";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect as connectSocket, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/remote/clock.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { needsCertificates } from "../../src/ssh/host-key-verdict.ts";
import { hostKeysCache } from "../../src/ssh/host-keys.ts";
import { freePort, makeKey, type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";
import { failureText, knownIn, network, optionsFor, output, script, withRemote } from "./login.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let host: SshdHost;
let options: ConnectOptions;
/** Public keys, `TYPE BLOB`: the host's own, and others. */
let keys: Record<"ed25519" | "ecdsa" | "rsa" | "otherEd25519" | "otherRsa", string>;
beforeAll(async () => {
  sshd = await startSshd({ count: 1, hostKeys: ["ed25519", "ecdsa", "rsa"] });
  host = sshd.hosts[0]!;
  options = await optionsFor(sshd);
  const [ed25519, ecdsa, rsa] = host.knownHosts.map((line) => line.split(" ").slice(1).join(" "));
  const other = async (type: "ed25519" | "rsa"): Promise<string> =>
    (await readFile(`${await makeKey(join(sshd.folder, `other_${type}`), type)}.pub`, "utf8"))
      .split(" ")
      .slice(0, 2)
      .join(" ");
  keys = {
    ed25519: ed25519!,
    ecdsa: ecdsa!,
    rsa: rsa!,
    otherEd25519: await other("ed25519"),
    otherRsa: await other("rsa"),
  };
});
afterAll(() => sshd.stop());

let files = 0;
const fileWith = async (text: string): Promise<string> => {
  files += 1;
  const file = join(sshd.folder, `hosts_${files}`);
  await writeFile(file, text);
  return file;
};

/** How ctfleet and plain ssh fare with a known_hosts text, in which NAME stands for the host's name. */
const outcomes = async (text: string): Promise<{ ours: string; theirs: string }> => {
  const file = await fileWith(text.replaceAll("NAME", `[${host.address}]:${host.port}`));
  const result = await connect({ ...options, hostKeys: await knownIn([file]) }, network);
  if (result.kind === "connected") result.remote.close();
  const ssh = ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "UpdateHostKeys=no"];
  const known = ["-o", `UserKnownHostsFile=${file}`, "-o", "GlobalKnownHostsFile=none", "-i", sshd.clientKey];
  const said = await execute("ssh", [...ssh, ...known, "-p", String(host.port), `root@${host.address}`, "true"]).then(
    () => "",
    (error: unknown) => String(error),
  );
  return { ours: result.kind === "connected" ? "connected" : result.failure.code, theirs: theirOutcome(said) };
};

const theirOutcome = (said: string): string => {
  if (said === "") return "connected";
  if (/REVOKED/.test(said)) return "host_key_revoked";
  if (/HAS CHANGED/.test(said)) return "host_key_changed";
  return /host key is known/.test(said) ? "host_key_unknown" : said;
};

describe("a host key is judged as plain ssh judges it:", () => {
  it.each([
    ["the host's key", "NAME ed25519", "connected"],
    ["no line at all", "# nothing\n", "host_key_unknown"],
    ["another key of the same type", "NAME otherEd25519", "host_key_changed"],
    ["a known key of any type that the host has", "NAME rsa", "connected"],
    [
      "a known key of one type and a wrong one of another that is tried first",
      "NAME otherEd25519\nNAME rsa",
      "host_key_changed",
    ],
    ["a wrong key of a type that is tried later", "NAME ed25519\nNAME otherRsa", "connected"],
    ["two keys of one type, one of them right", "NAME otherEd25519\nNAME ed25519", "connected"],
    ["a list of names", "web1,NAME,10.0.0.1 ed25519", "connected"],
    ["a wildcard", "[127.1.0.?]:* ed25519", "connected"],
    ["a negated name", "[127.*]:*,!NAME ed25519", "host_key_unknown"],
    ["a negation alone", "!web1 ed25519", "host_key_unknown"],
    ["the bare address", "127.1.0.1 ed25519", "connected"],
    ["another key under the bare address", "127.1.0.1 otherEd25519", "host_key_unknown"],
    ["a revoked key", "@revoked * ed25519\nNAME ed25519", "host_key_revoked"],
    ["another key that is revoked", "@revoked * otherEd25519\nNAME ed25519", "connected"],
    [
      "an authority for certificates, which speaks of no plain key",
      "@cert-authority NAME otherEd25519\nNAME ed25519",
      "connected",
    ],
    ["lines that are no lines", "rubbish\nNAME ssh-ed25519 AAAA\n@what NAME ed25519\nNAME ed25519", "connected"],
    ["tabs, blanks and a comment", "  NAME\ted25519 root@web1 # mine", "connected"],
  ])("%s", async (_, lines, expected) => {
    const text = lines.replace(
      /\b(ed25519|rsa|ecdsa|otherEd25519|otherRsa)\b(?<!ssh-ed25519)/g,
      (name) => keys[name as keyof typeof keys],
    );
    expect(await outcomes(text)).toEqual({ ours: expected, theirs: expected });
  });

  it("a line that ssh-keygen hashed", async () => {
    const file = await fileWith(`[${host.address}]:${host.port} ${keys.ecdsa}\n`);
    await execute("ssh-keygen", ["-q", "-H", "-f", file]);
    const text = await readFile(file, "utf8");
    expect(text).not.toContain(host.address);
    expect(await outcomes(text)).toEqual({ ours: "connected", theirs: "connected" });
  });
});

describe("a host that is refused", () => {
  it("saw no attempt to log in, and the reason tells what to do", async () => {
    const fresh = await startSshd({ count: 1 });
    const { address, port, log } = fresh.hosts[0]!;
    const file = await fileWith(`# a comment\n[${address}]:${port} ${keys.otherEd25519}\n`);
    const hostKeys = await knownIn([file], { policy: "accept_new" });
    const said = failureText(await connect({ ...(await optionsFor(fresh)), hostKeys }, network));
    const { stdout } = await execute("ssh-keygen", ["-l", "-f", join(fresh.folder, "host1", "ed25519.pub")]);
    expect(said).toContain(stdout.split(" ")[1]);
    expect(said).toMatch(/^host_key_changed: /);
    expect(said).toContain(`${file}:2`);
    await expect.poll(log).toMatch(/Disconnected from|Connection closed by/);
    expect(log()).not.toMatch(/Accepted|Failed|userauth|authenticating user/);
    expect(await readFile(file, "utf8")).toBe(`# a comment\n[${address}]:${port} ${keys.otherEd25519}\n`);
    await fresh.stop();
  });
});

/** Spoils the signature in the one message that names the key's type twice: once in the key, once in its signature. */
const withoutProof = (chunk: Buffer): Buffer => {
  const type = "\x00\x00\x00\x0bssh-ed25519";
  const last = chunk.lastIndexOf(type);
  const at = last + type.length + 20;
  if (chunk.indexOf(type) !== last) chunk[at] = chunk[at]! ^ 1;
  return chunk;
};

describe("accepting new host keys", () => {
  const lines = async (file: string): Promise<string[]> => (await readFile(file, "utf8")).split("\n");
  const accepting = async (file: string): Promise<ConnectOptions> => ({
    ...options,
    hostKeys: await knownIn([file], { policy: "accept_new" }),
  });

  it("adds the key once, and then it works strictly, for plain ssh too", async () => {
    const file = join(sshd.folder, "home", ".ssh", "known_hosts");
    const used = await accepting(file);
    await Promise.all([1, 2, 3].map(() => withRemote(used, (remote) => remote.exec(script("true")))));
    expect(await lines(file)).toEqual([`[${host.address}]:${host.port} ${keys.ed25519}`, ""]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(sshd.folder, "home", ".ssh"))).mode & 0o777).toBe(0o700);
    expect(await outcomes(await readFile(file, "utf8"))).toEqual({ ours: "connected", theirs: "connected" });
    const { stdout } = await execute("ssh-keygen", ["-F", `[${host.address}]:${host.port}`, "-f", file]);
    expect(stdout).toContain(keys.ed25519);
  });

  it("starts a new line after a last line that is torn", async () => {
    const file = await fileWith(`web1 ${keys.otherEd25519}`);
    const result = await withRemote(await accepting(file), (remote) => remote.exec(script("echo in")));
    expect(output(result).stdout).toBe("in\n");
    expect(await lines(file)).toEqual([
      `web1 ${keys.otherEd25519}`,
      `[${host.address}]:${host.port} ${keys.ed25519}`,
      "",
    ]);
  });

  it("never adds a revoked key", async () => {
    const file = await fileWith(`@revoked * ${keys.ed25519}\n`);
    expect(failureText(await connect(await accepting(file), network))).toMatch(/^host_key_revoked: /);
    expect(await lines(file)).toHaveLength(2);
  });

  it("stores no key that the host did not prove to hold", async () => {
    const forger = createServer((client) => {
      const server = connectSocket(host.port, host.address);
      client.on("data", (chunk) => server.write(chunk)).on("close", () => server.destroy());
      server.on("data", (chunk) => client.write(withoutProof(chunk))).on("close", () => client.destroy());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => forger.listen(port, host.address, resolve));
    const file = await fileWith("");
    const used = await accepting(file);
    expect(failureText(await connect({ ...used, port }, network))).toMatch(/^protocol_error: .*signature/i);
    // Keys are stored one after another: once this one is, nothing of the forger's can come any more.
    await used.hostKeys.add({ address: "web9", port: 22, key: Buffer.from(keys.ed25519.split(" ")[1]!, "base64") });
    expect(await lines(file)).toEqual([`web9 ${keys.ed25519}`, ""]);
    await new Promise((resolve) => forger.close(resolve));
  });

  it("refuses the host when its key cannot be stored", async () => {
    const file = join(await fileWith("a file, not a folder"), "known_hosts");
    expect(failureText(await connect(await accepting(file), network))).toMatch(
      /^host_key_unknown: .*could not be added: .*known_hosts/,
    );
  });
});

describe("asking about new host keys", () => {
  const print = async (): Promise<string> =>
    (await execute("ssh-keygen", ["-l", "-f", join(sshd.folder, "host1", "ed25519.pub")])).stdout.split(" ")[1]!;
  /** Connects with somebody who gives these answers; what was asked, and how it ended. */
  const asking = async (answers: readonly (string | undefined)[], text = "") => {
    const file = await fileWith(text);
    const asked: string[] = [];
    const left = [...answers];
    const ask = (question: string): Promise<string | undefined> => {
      asked.push(question);
      return Promise.resolve(left.shift());
    };
    const result = await connect({ ...options, hostKeys: await knownIn([file], { policy: { ask } }) }, network);
    if (result.kind === "connected") result.remote.close();
    return { asked, stored: await readFile(file, "utf8"), said: result.kind === "failed" ? failureText(result) : "in" };
  };
  const name = (): string => `[${host.address}]:${host.port}`;

  it("asks what plain ssh asks, word for word", async () => {
    const { asked } = await asking(["no"], `web1,web2 ${keys.ed25519}\n`);
    const file = await fileWith(`web1,web2 ${keys.ed25519}\n`);
    const ssh = ["ssh", "-F", "none", "-o", `UserKnownHostsFile=${file}`, "-o", "GlobalKnownHostsFile=none"];
    const line = [...ssh, "-p", String(host.port), `root@${host.address}`, "true"].join(" ");
    const { stdout } = await execute("sh", ["-c", `echo no | script -qec '${line}' /dev/null || true`]);
    const question = /The authenticity[\s\S]*\[fingerprint\]\)\? /.exec(stdout.replaceAll("\r", ""))![0];
    expect(asked[0]!.replace(/hosts_\d+/, "FILE")).toBe(question.replace(/hosts_\d+/, "FILE"));
    expect(asked[0]).toContain(await print());
  });

  it("takes yes, stores the key, and does not ask again", async () => {
    const { asked, said, stored } = await asking(["what?", " YES "]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBe("Please type 'yes', 'no' or the fingerprint: ");
    expect(said).toBe("in");
    expect(stored).toBe(`${name()} ${keys.ed25519}\n`);
    expect((await asking([], stored)).asked).toEqual([]);
  });

  it("takes the fingerprint, and no other", async () => {
    expect((await asking([await print()])).said).toBe("in");
    expect((await asking(["SHA256:other", "no"])).said).toMatch(
      /^host_key_unknown: .*which was not accepted when asked/,
    );
  });

  it.each([["no"], [undefined]])("refuses after the answer %s, and stores nothing", async (answer) => {
    const { said, stored } = await asking([answer]);
    expect(said).toMatch(/^host_key_unknown: .* which was not accepted when asked$/);
    expect(stored).toBe("");
  });

  it("never asks about a changed key", async () => {
    const { asked, said } = await asking(["yes"], `${name()} ${keys.otherEd25519}\n`);
    expect(asked).toEqual([]);
    expect(said).toMatch(/^host_key_changed: /);
  });

  it("waits for a person longer than for a host", async () => {
    const file = await fileWith("");
    const ask = async (): Promise<string> => {
      await systemClock.sleep(600);
      return "yes";
    };
    const hostKeys = await knownIn([file], { policy: { ask } });
    const hasty = { ...options, hostKeys, timeouts: { connect: 5000, login: 500 } };
    expect((await withRemote(hasty, (remote) => remote.exec(script("true")))).kind).toBe("exited");
  });

  it("puts one question at a time, whatever files the hosts have, and one for each host", async () => {
    const cache = hostKeysCache();
    let open = 0;
    let asked = 0;
    const ask = async (): Promise<string> => {
      asked += 1;
      open += 1;
      expect(open).toBe(1);
      await systemClock.sleep(50);
      open -= 1;
      return "yes";
    };
    const files = [await fileWith(""), await fileWith("")];
    const request = { globalFiles: [], policy: { ask }, hash: false };
    const connecting = [...files, ...files].map(async (file) => {
      const hostKeys = await cache({ ...request, userFiles: [file] });
      return withRemote({ ...options, hostKeys }, (remote) => remote.exec(script("true")));
    });
    expect((await Promise.all(connecting)).map(({ kind }) => kind)).toEqual(Array(4).fill("exited"));
    expect(asked).toBe(2);
  });
});

describe("a new line", () => {
  it("is hashed where that is asked for, and plain ssh takes it", async () => {
    const file = await fileWith("");
    const hostKeys = await knownIn([file], { policy: "accept_new", hash: true });
    await withRemote({ ...options, hostKeys }, (remote) => remote.exec(script("true")));
    const text = await readFile(file, "utf8");
    expect(text).toMatch(/^\|1\|[^ |]+\|[^ ]+ ssh-ed25519 /);
    expect(text).not.toContain(host.address);
    expect(await outcomes(text)).toEqual({ ours: "connected", theirs: "connected" });
  });

  it("has the alias for its name, and plain ssh takes it", async () => {
    const file = await fileWith("");
    const hostKeys = await knownIn([file], { policy: "accept_new" });
    const aliased = { ...options, hostKeyAlias: "Web1", hostKeys };
    await withRemote(aliased, (remote) => remote.exec(script("true")));
    expect(await readFile(file, "utf8")).toBe(`web1 ${keys.ed25519}\n`);
    const ssh = ["-F", "none", "-o", `UserKnownHostsFile=${file}`, "-o", "StrictHostKeyChecking=yes"];
    const where = ["-o", "HostKeyAlias=Web1", "-i", sshd.clientKey, "-p", String(host.port), `root@${host.address}`];
    await execute("ssh", [...ssh, ...where, "true"]);
  });

  it("needs a file to stand in", async () => {
    const hostKeys = await knownIn([], { policy: "accept_new" });
    expect(failureText(await connect({ ...options, hostKeys }, network))).toMatch(
      /^host_key_unknown: .*which could not be added: no known_hosts file is named$/,
    );
    // ssh's way to say that no key is kept.
    const kept = await knownIn(["/dev/null"], { policy: "accept_new" });
    expect((await connect({ ...options, hostKeys: kept }, network)).kind).toBe("connected");
  });
});

it("a host with a certificate is said to need the OpenSSH transport, whatever is done with new keys", async () => {
  const authority = await makeKey(join(sshd.folder, "authority"), "ed25519");
  const blob = (await readFile(`${authority}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
  const file = await fileWith(`@cert-authority * ${blob}\n`);
  for (const policy of ["strict", "accept_new"] as const) {
    const hostKeys = await knownIn([file], { policy });
    expect(needsCertificates(hostKeys.find(options))).toBe(true);
    const said = failureText(await connect({ ...options, hostKeys }, network));
    expect(said).toMatch(
      /^host_key_unknown: .* and only who certifies it is known \(.*:1\): its certificate is verified with --transport openssh$/,
    );
    expect(said).toContain("--transport openssh");
  }
});

describe("loading", () => {
  it("takes several files, some of which are missing, and names bad lines", async () => {
    const bad = await fileWith(`nonsense\n[${host.address}]:${host.port} ${keys.ed25519}\n`);
    const hostKeys = await knownIn([join(sshd.folder, "none"), bad]);
    expect(hostKeys.problems).toEqual([{ file: bad, line: 1, message: "expected host names, a key type and a key" }]);
    const result = await withRemote({ ...options, hostKeys }, (remote) => remote.exec(script("echo in")));
    expect(output(result).stdout).toBe("in\n");
  });

  it("adds nothing to a file that it cannot read", async () => {
    const folder = join(sshd.folder, "a-folder");
    await execute("mkdir", [folder]);
    await chmod(folder, 0o700);
    const hostKeys = await knownIn([folder], { policy: "accept_new" });
    expect(hostKeys.problems).toHaveLength(1);
    expect(failureText(await connect({ ...options, hostKeys }, network))).toMatch(
      /^host_key_unknown: .*cannot be read/,
    );
    await rm(folder, { recursive: true });
  });
});
