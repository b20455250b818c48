import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { isPrivate } from "../../../src/ssh/config/owner.ts";
import { type ConfigPlaces, readSshConfig } from "../../../src/ssh/config/read.ts";
import { resolveHost } from "../../../src/ssh/config/resolve.ts";
import { account, inWordsOfTheJudge, judge, ofTheJudge } from "./judge.ts";

const folder = mkdtempSync(join(tmpdir(), "ctfleet-ssh-home-"));
afterAll(() => rmSync(folder, { recursive: true }));

let home = "";
let etc = "";
let count = 0;
beforeEach(() => {
  count += 1;
  [home, etc] = [join(folder, String(count), "home"), join(folder, String(count), "etc")];
  mkdirSync(join(home, ".ssh"), { recursive: true });
  mkdirSync(etc, { recursive: true });
});

const write = (path: string, text: string, mode = 0o644): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const user = (name: string, text: string, mode?: number) => write(join(home, ".ssh", name), text, mode);
const system = (name: string, text: string, mode?: number) => write(join(etc, name), text, mode);

const places = (given?: string): ConfigPlaces => ({
  userFile: join(home, ".ssh", "config"),
  systemFile: join(etc, "ssh_config"),
  given,
});

/** ssh in a mount namespace where the account's home and /etc/ssh are our folders. */
const inOurHome = () => {
  const script = 'mount --bind "$1" "$2" && mount --bind "$3" /etc/ssh && shift 3 && exec "$@"';
  return { HOME: account.home, before: ["unshare", "--mount", "sh", "-c", script, "sh", home, account.home, etc] };
};

/** What we and ssh say of a host by the files of this home; fails where they differ. */
const agreed = async (host: string) => {
  const config = await readSshConfig(places());
  if (config.kind === "problems") throw new Error(JSON.stringify(config.problems));
  const settings = resolveHost(config.value, { ...account, host, user: undefined, port: undefined, options: [] });
  const judgement = await judge([host], inOurHome());
  if (judgement.kind === "refused") throw new Error(judgement.stderr);
  expect(inWordsOfTheJudge(settings, judgement.values)).toEqual(ofTheJudge(judgement.values));
  return settings;
};

/** Both refuse; gives our problems as FILE:LINE. */
const refused = async (): Promise<readonly string[]> => {
  expect(await judge(["x"], inOurHome())).toMatchObject({ kind: "refused" });
  const config = await readSshConfig(places());
  if (config.kind === "ok") throw new Error("was taken");
  return config.problems.map(({ at }) => `${at.file.slice(dirname(home).length)}:${at.line}`);
};

describe("the files of an account", () => {
  it("come before those of the system, whose defaults still count", async () => {
    user("config", "Host a\n  Port 1\n  User joe\n");
    system("ssh_config", "Host *\n  Port 2\n  ConnectTimeout 9\n");
    expect(await agreed("a")).toMatchObject({ port: 1, user: "joe", connectTimeout: 9 });
    expect(await agreed("b")).toMatchObject({ port: 2, connectTimeout: 9 });
  });

  it("need not exist", async () => {
    expect(await agreed("a")).toMatchObject({ hostname: "a", port: 22, needsOpenssh: [], refusals: [] });
  });

  it("include beside themselves: ~/.ssh and /etc/ssh", async () => {
    user("config", "Include parts/*.conf\nInclude ~/other ~/none\nInclude parts\n");
    user("parts/b.conf", "User second\nPort 7\n");
    user("parts/a.conf", "User first\n");
    write(join(home, "other"), "ConnectTimeout 3\n");
    system("ssh_config", "Include ssh_config.d/*\n");
    system("ssh_config.d/x.conf", "HashKnownHosts yes\n");
    const expected = { user: "first", port: 7, connectTimeout: 3, hashKnownHosts: true };
    expect(await agreed("a")).toMatchObject(expected);
  });

  it("do not hand a host over for what a distribution switches on for all: GSSAPI", async () => {
    system("ssh_config", "Host *\n  GSSAPIAuthentication yes\n");
    expect((await agreed("a")).needsOpenssh).toEqual([]);
    user("config", "GSSAPIAuthentication yes\n");
    expect((await agreed("a")).needsOpenssh).toEqual([`GSSAPIAuthentication yes at ${places().userFile}:1`]);
  });

  it("are refused where others may write them, as ssh does", async () => {
    user("config", "Port 1\n", 0o666);
    expect(await refused()).toEqual(["/home/.ssh/config:0"]);
    user("config", "Port 1\n", 0o664);
    chownSync(join(home, ".ssh", "config"), 0, 100);
    expect(await refused()).toEqual(["/home/.ssh/config:0"]);
    user("config", "Port 1\n");
    chownSync(join(home, ".ssh", "config"), 65_534, 0);
    expect(await refused()).toEqual(["/home/.ssh/config:0"]);
    chownSync(join(home, ".ssh", "config"), 0, 0);
    expect((await agreed("a")).port).toBe(1);
  });

  it("are refused where others may write what they include", async () => {
    user("config", "Include part\n");
    user("part", "Port 1\n", 0o646);
    expect(await refused()).toEqual(["/home/.ssh/part:0"]);
  });

  it("may be written by a group whose one member owns them", async () => {
    user("config", "Port 1\n", 0o664);
    expect((await agreed("a")).port).toBe(1);
    const passwd = "joe:x:1000:1000::/:\nann:x:1001:1001::/:\n";
    expect(isPrivate({ uid: 1000, gid: 1000 }, passwd, "joe:x:1000:\n")).toBe(true);
    expect(isPrivate({ uid: 1000, gid: 1000 }, passwd, "joe:x:1000:ann\n")).toBe(false);
    expect(isPrivate({ uid: 1000, gid: 50 }, passwd, "staff:x:50:\n")).toBe(false);
  });

  it("of the system may not include by ~", async () => {
    system("ssh_config", "Port 1\nInclude ~/x\n");
    expect(await refused()).toEqual(["/etc/ssh_config:2"]);
  });

  it("may include sixteen deep, and no deeper", async () => {
    const chain = (length: number): void => {
      for (let at = 0; at < length; at += 1) user(at === 0 ? "config" : `f${at}`, `Include f${at + 1}\n`);
      user(`f${length}`, "Port 77\n");
    };
    chain(16);
    expect((await agreed("a")).port).toBe(77);
    chain(17);
    expect(await refused()).toEqual(["/home/.ssh/f16:1"]);
  });

  it("may not include themselves, however often", async () => {
    user("config", "Include config config config\nInclude conf*\n");
    expect(await refused()).toEqual(["/home/.ssh/config:1"]);
  });
});

describe("-F FILE", () => {
  it("is the only file then, and none is no file", async () => {
    user("config", "Bogus 1\n");
    const file = write(join(folder, "given"), "Port 9\n", 0o666);
    const given = await readSshConfig(places(file));
    expect(given).toMatchObject({ kind: "ok", value: { given: file, files: [{ blocks: [{ steps: [{}] }] }] } });
    expect(await readSshConfig(places("none"))).toMatchObject({ kind: "ok", value: { files: [] } });
    expect(await readSshConfig(places("/dev/null"))).toMatchObject({ kind: "ok" });
  });

  it("must exist", async () => {
    expect(await readSshConfig(places(join(folder, "missing")))).toMatchObject({
      kind: "problems",
      problems: [{ message: "does not exist" }],
    });
  });
});

describe("readSshConfig", () => {
  it("says what was expected, at the line and column, for every mistake", async () => {
    const file = user("config", "Host a\n  ServerAliveIntervall 5\n  Port 70000\nHashKnownHosts  maybe\n");
    const problem = (line: number, column: number, message: string) => ({
      at: { file, line, column },
      path: "",
      message,
    });
    expect(await readSshConfig(places())).toEqual({
      kind: "problems",
      problems: [
        problem(2, 3, 'bad configuration option "ServerAliveIntervall"; did you mean serveraliveinterval?'),
        problem(3, 8, 'Port "70000" is not a port (1-65535)'),
        problem(4, 17, 'HashKnownHosts "maybe" is not yes, no, true or false'),
      ],
    });
  });

  it("comes to an end on any text, and so does what is asked of it", async () => {
    const word = fc.oneof(
      fc.constantFrom(
        "Host",
        "Match",
        "host",
        "user",
        "all",
        "!",
        "*",
        "?",
        "=",
        '"',
        "'",
        "\\",
        "#",
        "%h",
        "%",
        "${A}",
      ),
      fc.constantFrom(
        "Include",
        "ProxyJump",
        "ProxyCommand",
        "IdentityFile",
        "~",
        "none",
        "Port",
        "22",
        "yes",
        "a,b@[c]:1",
      ),
      fc.string(),
    );
    const texts = fc.array(
      fc.array(word, { maxLength: 6 }).map((words) => words.join(" ")),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.string(), async (lines, host) => {
        user("config", lines.join("\n"));
        const config = await readSshConfig(places());
        if (config.kind === "problems")
          expect(config.problems.every(({ at }) => at.line <= lines.length + 1)).toBe(true);
        else resolveHost(config.value, { ...account, host, user: undefined, port: undefined, options: [] });
      }),
      { numRuns: 500 },
    );
  });
});
