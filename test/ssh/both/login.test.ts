import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testPassword } from "../../support/accounts.ts";
import { withAgent } from "../../support/agent.ts";
import { makeKey, type Sshd, startSshd } from "../../support/sshd.ts";
import { output, script } from "../login.ts";
import { codeOf, names, openTransport, type Target, type Transport, targetOf, withRemote } from "./transports.ts";

let sshd: Sshd;
let asking: Sshd;
let target: Target;
let wrongKey: string;
let encrypted: string;
beforeAll(async () => {
  [sshd, asking] = await Promise.all([
    startSshd({ count: 1, options: { Banner: "/etc/passwd" } }),
    startSshd({
      count: 1,
      options: { UsePAM: "yes", KbdInteractiveAuthentication: "yes", PasswordAuthentication: "no" },
    }),
  ]);
  target = targetOf(sshd);
  wrongKey = await makeKey(join(sshd.folder, "wrong"), "ecdsa");
  encrypted = await makeKey(join(sshd.folder, "encrypted"), "ed25519", "open sesame");
  await appendFile(join(sshd.folder, "authorized_keys"), await readFile(`${encrypted}.pub`));
});
afterAll(() => Promise.all([sshd.stop(), asking.stop()]));

describe.each(names)("login over %s", (name) => {
  let transport: Transport;
  beforeAll(() => {
    transport = openTransport(name, sshd.folder);
  });
  afterAll(() => transport.close());

  const whoAmI = async (change: Partial<Target>): Promise<string> =>
    output(await withRemote(transport, { ...target, ...change }, (remote) => remote.exec(script("id -un")))).stdout;
  const refusal = async (change: Partial<Target>) => codeOf(await transport.connect({ ...target, ...change }));
  const operator = { user: "operator", keys: [] };

  it("works with a key file, whatever banner the host shows", async () => {
    expect(await whoAmI({ user: "deploy" })).toBe("deploy\n");
  });

  it("works with an encrypted key and its passphrase", async () => {
    expect(await whoAmI({ keys: [encrypted], passphrase: "open sesame" })).toBe("root\n");
  });

  it.each(["open barley", undefined])("cannot use an encrypted key with the passphrase %s", async (passphrase) => {
    // A run asks once: another one is needed for another answer.
    const other = openTransport(name, sshd.folder);
    const result = await other.connect({ ...target, keys: [encrypted], ...(passphrase ? { passphrase } : {}) });
    expect(codeOf(result)).toBe("key_unusable");
    await other.close();
  });

  it("cannot use a key file that is not there", async () => {
    expect(await refusal({ keys: [join(sshd.folder, "none")] })).toBe("key_unusable");
  });

  it("works with an agent's key", async () => {
    await withAgent({ socket: join(sshd.folder, `agent_${name}`), keys: [sshd.clientKey] }, async (agentSocket) => {
      expect(await whoAmI({ keys: [], agentSocket })).toBe("root\n");
    });
  });

  it("is refused with a key that the host does not have", async () => {
    expect(await refusal({ keys: [wrongKey] })).toBe("login_refused");
  });

  it("is refused when there is nothing to log in with", async () => {
    expect(await refusal({ keys: [] })).toBe("login_refused");
  });

  it("is refused to a user whom the host does not know", async () => {
    expect(await refusal({ user: "nobody-there" })).toBe("login_refused");
  });

  it("works with a password, also after a key was refused", async () => {
    expect(await whoAmI({ ...operator, password: testPassword })).toBe("operator\n");
    expect(await whoAmI({ ...operator, keys: [wrongKey], password: testPassword })).toBe("operator\n");
  });

  it("is refused with a wrong password after one attempt, and does not repeat it", async () => {
    const before = sshd.hosts[0]!.log().match(/Failed password/g)?.length ?? 0;
    const result = await transport.connect({ ...target, ...operator, password: "swordfish" });
    expect(codeOf(result)).toBe("login_refused");
    expect(JSON.stringify(result)).not.toContain("swordfish");
    expect(sshd.hosts[0]!.log().match(/Failed password/g)).toHaveLength(before + 1);
  });

  it("answers where the host only asks interactively, once", async () => {
    const to = { ...targetOf(asking), ...operator };
    expect(await whoAmI({ ...to, password: testPassword })).toBe("operator\n");
    expect(await refusal({ ...to, password: "swordfish" })).toBe("login_refused");
  });
});
