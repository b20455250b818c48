import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions, Endpoint } from "../../src/ssh/connect-options.ts";
import { type Network, openNetwork } from "../../src/ssh/network.ts";
import { testPassword } from "../support/accounts.ts";
import { startDropbear } from "../support/dropbear.ts";
import { freePort, type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";
import { failureText, knownIn, nobody, optionsFor, output, script, withRemote } from "./login.ts";

/** The first and the second bastion, and a host behind them. */
let sshd: Sshd;
let first: ConnectOptions;
let second: ConnectOptions;
let target: ConnectOptions;
beforeAll(async () => {
  sshd = await startSshd({ count: 3, options: { LogLevel: "VERBOSE" } });
  const known = await knownIn([sshd.knownHostsFile]);
  [first, second, target] = (await Promise.all([0, 1, 2].map((at) => optionsFor(sshd, at)))).map((one) => ({
    ...one,
    hostKeys: known,
  })) as [ConnectOptions, ConnectOptions, ConnectOptions];
});
afterAll(() => sshd.stop());

let network: Network;
const networks: Network[] = [];
const freshNetwork = (): Network => {
  network = openNetwork({ clock: systemClock });
  networks.push(network);
  return network;
};
afterEach(() => {
  for (const one of networks.splice(0)) one.closeAll();
});

const through = (hops: readonly [Endpoint, ...Endpoint[]], to = target): ConnectOptions => ({
  ...to,
  via: { kind: "jump", hops },
});
const nameOf = ({ address, port }: Endpoint): string => `[${address}]:${port}`;
/** Logins that each host has seen so far. */
const logins = async (): Promise<readonly number[]> => {
  // What sshd wrote before this answers has been read by then.
  await sshd.hosts[0]!.run("true");
  return sshd.hosts.map(({ log }) => log().match(/^Accepted (publickey|password) for/gm)?.length ?? 0);
};
const loginsSince = async (before: readonly number[]): Promise<readonly number[]> =>
  (await logins()).map((count, at) => count - before[at]!);
const whence = async (options: ConnectOptions): Promise<string> => {
  const result = await withRemote(options, (remote) => remote.exec(script("echo $SSH_CLIENT")), network);
  return output(result).stdout.split(" ")[0]!;
};
/** For what processes of the hosts do. */
const patiently = { timeout: 10_000 };
const fileDescriptors = (): number => readdirSync("/proc/self/fd").length;
const refusal = async (options: ConnectOptions): Promise<string> => failureText(await connect(options, network));

describe("a host behind bastions", () => {
  it.each([1, 2])("is reached through %i of them, and all is given back at the end", async (hops) => {
    freshNetwork();
    const before = fileDescriptors();
    // What sshd behind a bastion sees is the bastion: here all are one machine, so the logins are counted.
    const earlier = await logins();
    expect(await whence(through(hops === 1 ? [second] : [first, second]))).toMatch(/^127\./);
    expect(await loginsSince(earlier)).toEqual(hops === 1 ? [0, 1, 1] : [1, 1, 1]);
    expect(await sessionsOn(sshd.hosts[1]!)).toBeGreaterThan(0);
    network.closeAll();
    await expect.poll(fileDescriptors).toBe(before);
    await expect.poll(() => sessionsOn(sshd.hosts[1]!), patiently).toBe(0);
  });

  it("carries much in both directions", async () => {
    freshNetwork();
    const text = "x".repeat(5_000_000);
    const request = script(`cat <<'END' | wc -c; head -c 5000000 /dev/zero\n${text}\nEND\n`, {
      caps: { stdout: 6_000_000, stderr: 1000 },
    });
    const { stdout } = output(await withRemote(through([first]), (remote) => remote.exec(request), network));
    expect(stdout.length).toBe("5000001\n".length + 5_000_000);
  });

  it("is verified under its own name, as each bastion is, and a stranger is sent nothing", async () => {
    freshNetwork();
    const lines = (await readFile(sshd.knownHostsFile, "utf8")).trim().split("\n");
    const without = async (gone: Endpoint): Promise<ConnectOptions["hostKeys"]> => {
      const file = join(sshd.folder, `without_${gone.address}`);
      await writeFile(
        file,
        lines.filter((line) => !line.startsWith(nameOf(gone))).map((line) => `${line}\n`),
      );
      return knownIn([file]);
    };
    const earlier = await logins();
    const unknown = { ...second, hostKeys: await without(second) };
    expect(await refusal(through([first, unknown]))).toMatch(
      new RegExp(`^host_key_unknown: bastion \\[${second.address}\\]:\\d+: \\[${second.address}\\]:\\d+ shows`),
    );
    expect(await refusal(through([first], { ...target, hostKeys: await without(target) }))).toMatch(
      new RegExp(`^host_key_unknown: \\[${target.address}\\]:\\d+ shows`),
    );
    expect((await loginsSince(earlier))[2]).toBe(0);
  });

  it("does not see the bastion's password, nor does a message", async () => {
    freshNetwork();
    const hop = { ...first, user: "operator", identity: { ...nobody, password: secret(testPassword) } };
    expect(await whence(through([hop]))).toMatch(/^127\./);
    const wrong = { ...hop, identity: { ...nobody, password: secret("swordfish") } };
    expect(await refusal(through([wrong]))).toBe(
      `login_refused: bastion ${nameOf(first)}: operator was refused with a password; the host would take publickey, password`,
    );
  });
});

/** Processes of sshd that serve a login. */
const sessionsOn = async (host: SshdHost): Promise<number> =>
  Number(await host.run("ps -e -o args | grep '^sshd: ' | grep -vc listener || true"));

describe("hosts behind the same bastion", () => {
  it("share one connection, even when all ask at the same time", async () => {
    freshNetwork();
    const earlier = await logins();
    const hosts = await Promise.all(Array.from({ length: 50 }, () => connect(through([first]), network)));
    expect(hosts.filter(({ kind }) => kind === "connected")).toHaveLength(50);
    expect(await loginsSince(earlier)).toEqual([1, 0, 50]);
  });

  it("share the first hop of their chains, too, and part where users differ", async () => {
    freshNetwork();
    const earlier = await logins();
    const asDeploy = { ...second, user: "deploy" };
    await Promise.all([whence(through([first, second])), whence(through([first, asDeploy])), whence(through([first]))]);
    expect(await loginsSince(earlier)).toEqual([1, 2, 3]);
  });

  it("get another connection when one is full, and places that became free are taken again", async () => {
    freshNetwork();
    const earlier = await logins();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const hosts = await Promise.all(Array.from({ length: 65 }, () => connect(through([first]), network)));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    expect(await loginsSince(earlier)).toEqual([2, 0, 65]);
    for (const host of hosts) if (host.kind === "connected") host.remote.close();
    expect(hosts.filter(({ kind }) => kind === "connected")).toHaveLength(65);
    await whence(through([first]));
    expect(await loginsSince(earlier)).toEqual([2, 0, 66]);
  });

  it("fail together when it dies, with its reason, and the next host opens a new one", async () => {
    freshNetwork();
    const failing = [1, 2].map(() =>
      withRemote(through([first]), (remote) => remote.exec(script("echo $$; sleep 60")), network),
    );
    await expect.poll(() => sshd.hosts[2]!.run("ps -e -o args | grep -c '^sleep 60$' || true"), patiently).toBe("2\n");
    await sshd.hosts[0]!.run(
      "kill -9 $(ps -e -o pid=,args= | grep ' sshd: ' | grep -v listener | awk '{ print $1 }') || true",
    );
    for (const result of await Promise.all(failing))
      expect(failureText(result)).toMatch(
        new RegExp(`^connection_lost: bastion \\[${first.address}\\]:\\d+: the host closed the connection`),
      );
    expect(await whence(through([first]))).toMatch(/^127\./);
  });
});

it("a bastion may be an appliance with dropbear", async () => {
  freshNetwork();
  const appliance = await startDropbear();
  const hop = await optionsFor(appliance);
  expect(await whence(through([hop]))).toMatch(/^127\./);
  const port = await freePort();
  expect(await refusal(through([hop], { ...target, port }))).toMatch(
    /^(connection_refused|address_unreachable): bastion .*: it could not connect to 127\.1\.0\.3 port/,
  );
  await appliance.stop();
});

describe("a failure on the way names the bastion:", () => {
  const said = async (options: ConnectOptions): Promise<string> => {
    freshNetwork();
    return refusal(options);
  };
  const hasty = { connect: 400, login: 400 };

  it("its port is closed", async () => {
    const hop = { ...first, port: await freePort() };
    expect(await said(through([hop]))).toMatch(
      new RegExp(`^connection_refused: bastion \\[.*\\]:${hop.port}: connect`),
    );
  });

  it("its name is unknown", async () => {
    expect(await said(through([{ ...first, address: "no-such-bastion.invalid" }]))).toMatch(
      /^name_not_found: bastion \[no-such-bastion\.invalid\]:\d+: /,
    );
  });

  it("it hangs", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, "127.1.0.1", resolve));
    const hop = { ...first, port, timeouts: hasty };
    expect(await said(through([hop]))).toMatch(/^banner_timeout: bastion .*: connected, but no SSH identification/);
    silent.close();
  });

  it("it forwards nothing", async () => {
    const closed = await startSshd({ count: 1, options: { AllowTcpForwarding: "no" } });
    const hop = await optionsFor(closed);
    expect(await said(through([hop]))).toBe(
      `forward_refused: bastion ${nameOf(hop)}: it is not allowed to connect to ${target.address} port ${target.port} (it said: open failed)`,
    );
    await closed.stop();
  });

  it("the host's port is closed behind it", async () => {
    const port = await freePort();
    expect(await said(through([first], { ...target, port }))).toBe(
      `connection_refused: bastion ${nameOf(first)}: it could not connect to ${target.address} port ${port} (it said: Connection refused)`,
    );
  });

  it("the second bastion's port is closed behind the first", async () => {
    const port = await freePort();
    expect(await said(through([first, { ...second, port }]))).toMatch(
      new RegExp(
        `^connection_refused: bastion \\[${first.address}\\]:\\d+: it could not connect to ${second.address} `,
      ),
    );
  });

  it("nobody knows the host's name behind it", async () => {
    expect(await said(through([first], { ...target, address: "no-such-host.invalid" }))).toMatch(
      /^name_not_found: bastion .*: it could not connect to no-such-host\.invalid port \d+ /,
    );
  });

  it("the host hangs behind it: that is the host's own failure", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, "127.1.0.1", resolve));
    const host = { ...target, address: "127.1.0.1", port, timeouts: hasty };
    expect(await said(through([first], host))).toBe(
      "banner_timeout: connected, but no SSH identification within 400 ms",
    );
    silent.close();
  });
});

it("a bastion that logs in while the run ends is closed, and nobody is reached afterwards", async () => {
  freshNetwork();
  const before = fileDescriptors();
  const pending = connect(through([first]), network);
  network.closeAll();
  expect(failureText(await pending)).toMatch(/^connection_lost_before_login: bastion .* closed on this side/);
  expect(await refusal(through([first]))).toBe("connection_lost_before_login: the run has ended, while connecting");
  await expect.poll(fileDescriptors).toBe(before);
});
