import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/remote/clock.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { openNetwork } from "../../src/ssh/network.ts";
import { freePort, type Sshd, startSshd } from "../support/sshd.ts";
import { failureText, network, optionsFor, output, script, withRemote } from "./login.ts";

const execute = promisify(execFile);

let sshd: Sshd;
let options: ConnectOptions;
/** Joins standard input and output to the host, as `nc` does. */
let joined: string;
/** File descriptors while no command runs. */
let atFirst: number;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  options = await optionsFor(sshd);
  const { port, address } = options;
  const code = `const s=require("net").connect(${port},"${address}");process.stdin.pipe(s).pipe(process.stdout);s.on("close",()=>process.exit(0))`;
  atFirst = fileDescriptors();
  joined = `'${process.execPath}' -e '${code}'`;
});
afterAll(() => sshd.stop());

const by = (command: string, rest: Partial<ConnectOptions> = {}): ConnectOptions => ({
  ...options,
  // Nobody is there: the command is the only way.
  ...{ port: 1, via: { kind: "command", command }, hostKeyAlias: `[${options.address}]:${options.port}`, ...rest },
});
const refusal = async (command: string, rest: Partial<ConnectOptions> = {}): Promise<string> =>
  failureText(await connect(by(command, rest), network));
const fileDescriptors = (): number => readdirSync("/proc/self/fd").length;
const running = async (word: string): Promise<number> =>
  Number((await execute("sh", ["-c", `ps -e -o args= | grep -v grep | grep -c '^${word}' || true`])).stdout);

describe("a proxy command", () => {
  it("is the way to the host, in both directions and for much", async () => {
    const text = "x".repeat(1_000_000);
    const request = script(`cat <<'END' | wc -c; head -c 1000000 /dev/zero\n${text}\nEND\n`, {
      caps: { stdout: 2_000_000, stderr: 1000 },
    });
    const { stdout } = output(await withRemote(by(joined), (remote) => remote.exec(request)));
    expect(stdout.length).toBe("1000001\n".length + 1_000_000);
  });

  it("is run by the user's shell, which its own words reach", async () => {
    const bash = openNetwork({ clock: systemClock, shell: "/bin/bash" });
    const said = failureText(await connect(by("echo $BASH_VERSION >&2"), bash));
    expect(said).toMatch(/^connection_lost_before_login: the proxy command ended with status 0: \d+\.\d+/);
  });

  it("may be plain ssh through a bastion", async () => {
    const ssh = `ssh -F none -o UserKnownHostsFile=${sshd.knownHostsFile} -i ${sshd.clientKey} -p ${options.port}`;
    const command = `${ssh} -W ${options.address}:${options.port} root@${options.address}`;
    const result = await withRemote(by(command), (remote) => remote.exec(script("echo in")));
    expect(output(result).stdout).toBe("in\n");
  });

  it("is ended with all of its group, even where it ignores that, and gives its file descriptors back", async () => {
    // Those of the tests before are still being given back.
    await expect.poll(fileDescriptors).toBe(atFirst);
    const word = `sleep 98${process.pid}`;
    const command = `sh -c 'trap "" TERM; ${word} >/dev/null 2>&1 & ${joined.replaceAll("'", `'"'"'`)}'`;
    await withRemote(by(command), async () => expect(await running(word)).toBe(1));
    await expect.poll(() => running(word), { timeout: 10_000 }).toBe(0);
    await expect.poll(fileDescriptors).toBe(atFirst);
  });

  it("that hangs is given up", async () => {
    const word = `sleep 97${process.pid}`;
    expect(await refusal(word, { timeouts: { connect: 300, login: 300 } })).toBe(
      "banner_timeout: connected, but no SSH identification within 300 ms",
    );
    await expect.poll(() => running(word), { timeout: 10_000 }).toBe(0);
  });
});

describe("a proxy command that ends before the host says a word fails with its status and words:", () => {
  it.each([
    ["echo no way >&2; exit 3", "proxy_failed: the proxy command ended with status 3: no way"],
    ["kill -9 $$", "proxy_failed: the proxy command ended with SIGKILL"],
    ["sh -c 'exec >&-; exit 4'", "proxy_failed: the proxy command ended with status 4"],
    [
      "true",
      "connection_lost_before_login: the proxy command ended with status 0, before the host said that it speaks SSH",
    ],
  ])("%s", async (command, said) => {
    // Only the first word follows the `exec` that the shell is given.
    expect(await refusal(`sh -c '${command.replaceAll("'", `'"'"'`)}'`)).toBe(said);
  });

  it("one that is not there", async () => {
    expect(await refusal("/no/such/command")).toMatch(/^proxy_failed: .* status 127: .*\/no\/such\/command/);
  });

  it("one whose server refuses it", async () => {
    const port = await freePort();
    expect(await refusal(joined.replace(String(options.port), String(port)))).toMatch(
      /^proxy_failed: the proxy command ended with status 1: .*ECONNREFUSED/s,
    );
  });

  it("one with a shell that is not there", async () => {
    const odd = openNetwork({ clock: systemClock, shell: "/no/such/shell" });
    expect(failureText(await connect(by("true"), odd))).toMatch(
      /^proxy_failed: \/no\/such\/shell cannot be started: .*ENOENT/,
    );
  });

  it("of many words the last ones", async () => {
    const said = await refusal("sh -c 'head -c 100000 /dev/zero | tr \"\\0\" x >&2; echo the end >&2; exit 1'");
    expect(said).toMatch(/x the end$|x+the end$/);
    expect(said.length).toBeLessThan(1200);
  });
});
