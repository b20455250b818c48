import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Sshd, startSshd } from "../../support/sshd.ts";
import { output, script } from "../login.ts";
import {
  codeOf,
  names,
  openTransport,
  type Server,
  type Target,
  type Transport,
  targetOf,
  withRemote,
} from "./transports.ts";

let sshd: Sshd;
let closed: Sshd;
let six: Sshd;
let target: Target;
let bastion: Server;
beforeAll(async () => {
  [sshd, closed, six] = await Promise.all([
    startSshd({ count: 2 }),
    startSshd({ count: 2, options: { AllowTcpForwarding: "no" } }),
    startSshd({ count: 1, listen: ["::1"] }),
  ]);
  target = targetOf(sshd);
  bastion = { address: sshd.hosts[1]!.address, port: sshd.hosts[1]!.port, user: "deploy" };
});
afterAll(() => Promise.all([sshd, closed, six].map((one) => one.stop())));

describe.each(names)("on the way over %s", (name) => {
  let transport: Transport;
  beforeAll(() => {
    transport = openTransport(name, sshd.folder);
  });
  afterAll(() => transport.close());

  const whoAmI = async (change: Partial<Target>): Promise<string> =>
    output(await withRemote(transport, { ...target, ...change }, (remote) => remote.exec(script("id -un")))).stdout;
  const refusal = async (change: Partial<Target>) => codeOf(await transport.connect({ ...target, ...change }));

  it("a bastion is logged in to, with its own user", async () => {
    const before = sshd.hosts[1]!.log().match(/Accepted publickey for deploy/g)?.length ?? 0;
    expect(await whoAmI({ jump: bastion })).toBe("root\n");
    expect(sshd.hosts[1]!.log().match(/Accepted publickey for deploy/g)).toHaveLength(before + 1);
  });

  it("a bastion never gets the host's password", async () => {
    const jump = { ...bastion, user: "operator" };
    const keys: string[] = [];
    expect(await refusal({ user: "operator", keys, jump, password: "correct horse" })).toBe("login_refused");
    expect(sshd.hosts[1]!.log()).not.toContain("Accepted password");
  });

  it("a bastion gets no password at all, not even an empty one", async () => {
    const jump = { ...bastion, user: "nobody-there" };
    const before = sshd.hosts[1]!.log().match(/Failed password/g)?.length ?? 0;
    for (const more of [{}, { acceptNew: true }, { password: "x" }])
      expect(await refusal({ jump, ...more })).toBe("login_refused");
    expect(sshd.hosts[1]!.log().match(/Failed password/g)?.length ?? 0).toBe(before);
  });

  it.each<[string, () => Partial<Target>, string]>([
    ["has a dead port", () => ({ jump: { ...bastion, port: 1 } }), "connection_refused"],
    ["has no name", () => ({ jump: { ...bastion, address: "no-such-host.invalid" } }), "name_not_found"],
    ["does not know its user", () => ({ jump: { ...bastion, user: "nobody-there" } }), "login_refused"],
    ["finds the host's port dead", () => ({ jump: bastion, port: 1 }), "connection_refused"],
    ["does not know the host's name", () => ({ jump: bastion, address: "no-such-host.invalid" }), "name_not_found"],
  ])("a bastion %s", async (_, change, code) => {
    expect(await refusal(change())).toBe(code);
  });

  it("a bastion that forwards nothing", async () => {
    const { address, port } = closed.hosts[1]!;
    const { knownHostsFile, clientKey } = closed;
    expect(
      await refusal({ knownHosts: knownHostsFile, keys: [clientKey], jump: { address, port, user: "root" } }),
    ).toBe("forward_refused");
  });

  it("a bastion whose key nobody knows, or that shows another", async () => {
    const knownHosts = join(sshd.folder, `way_${name}`);
    await writeFile(knownHosts, `${sshd.hosts[0]!.knownHosts[0]}\n`);
    expect(await refusal({ jump: bastion, knownHosts })).toBe("host_key_unknown");
    const other = await makeKey(join(sshd.folder, `other_${name}`), "ed25519");
    await writeFile(knownHosts, `[${bastion.address}]:${bastion.port} ${await readFile(`${other}.pub`, "utf8")}`);
    expect(await refusal({ jump: bastion, knownHosts })).toBe("host_key_changed");
  });

  it("new keys are accepted on the way, too, when they are at its end", async () => {
    const knownHosts = join(sshd.folder, `new_${name}`);
    await writeFile(knownHosts, "");
    expect(await whoAmI({ jump: bastion, knownHosts, acceptNew: true })).toBe("root\n");
  });

  it("an address of IPv6", async () => {
    const {
      port,
      knownHosts: [line = ""],
    } = six.hosts[0]!;
    const knownHosts = join(sshd.folder, `six_${name}`);
    await writeFile(knownHosts, `${line.replace(/^\S+/, `[::1]:${port}`)}\n`);
    expect(await whoAmI({ ...targetOf(six), address: "::1", knownHosts })).toBe("root\n");
  });

  it("a ProxyCommand carries the connection", async () => {
    const { address, port, user } = bastion;
    const proxyCommand = `ssh -F /dev/null -o UserKnownHostsFile=${sshd.knownHostsFile} -i ${sshd.clientKey} -p ${port} -l ${user} -W ${target.address}:${target.port} ${address}`;
    expect(await whoAmI({ proxyCommand })).toBe("root\n");
  });

  it.each(["false", "sh -c 'echo no way >&2; exit 7'", "/no/such/program"])(
    "the ProxyCommand %s",
    async (proxyCommand) => {
      expect(await refusal({ proxyCommand })).toBe("proxy_failed");
    },
  );

  it("a ProxyCommand that says nothing", async () => {
    const timeouts = { connect: 1000, login: 1000 };
    expect(await refusal({ proxyCommand: "sleep 3600", timeouts })).toBe("banner_timeout");
  });
});
