import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Sshd, startSshd } from "../../support/sshd.ts";
import { codeOf, names, openTransport, type Target, type Transport, targetOf } from "./transports.ts";

let sshd: Sshd;
let otherKey: string;
let shown: string;
beforeAll(async () => {
  sshd = await startSshd({ count: 1 });
  otherKey = (await readFile(`${await makeKey(join(sshd.folder, "other"), "ed25519")}.pub`, "utf8")).trim();
  shown = sshd.hosts[0]!.knownHosts[0]!;
});
afterAll(() => sshd.stop());

describe.each(names)("the host's key over %s", (name) => {
  let transport: Transport;
  beforeAll(() => {
    transport = openTransport(name, sshd.folder);
  });
  afterAll(() => transport.close());

  let files = 0;
  const knowing = async (lines: string, acceptNew = false): Promise<Target> => {
    files += 1;
    // With a space and a percent sign: both mean something in ssh_config.
    const knownHosts = join(sshd.folder, `known %h ${name} ${files}`);
    await writeFile(knownHosts, lines);
    return { ...targetOf(sshd), knownHosts, acceptNew };
  };
  const refusal = async (target: Target): Promise<{ code: string; detail: string }> => {
    const result = await transport.connect(target);
    if (result.kind !== "failed") throw new Error("connected");
    return result.failure;
  };
  const fingerprint = /shows the ssh-ed25519 key SHA256:[\w+/]{43}[ ,]/;
  const host = () => `[${sshd.hosts[0]!.address}]:${sshd.hosts[0]!.port}`;

  it("is refused when no line has it, and the fingerprint is told", async () => {
    const { code, detail } = await refusal(await knowing(""));
    expect(code).toBe("host_key_unknown");
    expect(detail).toMatch(fingerprint);
    expect(detail).toContain(host());
  });

  it("is refused when another one is known, and the line is told", async () => {
    const target = await knowing(`# mine\n${host()} ${otherKey}\n`);
    for (const acceptNew of [false, true]) {
      const { code, detail } = await refusal({ ...target, acceptNew });
      expect(code).toBe("host_key_changed");
      expect(detail).toMatch(fingerprint);
      expect(detail).toContain(`${target.knownHosts}:2`);
    }
    expect(await readFile(target.knownHosts, "utf8")).toBe(`# mine\n${host()} ${otherKey}\n`);
  });

  it("is refused when it is revoked, whatever else is known", async () => {
    const { code, detail } = await refusal(await knowing(`${shown}\n@revoked ${shown}\n`, true));
    expect(code).toBe("host_key_revoked");
    expect(detail).toMatch(fingerprint);
  });

  it("is added when new ones are accepted, and known from then on", async () => {
    const target = await knowing("", true);
    expect(codeOf(await transport.connect(target))).toBe("no failure");
    expect((await readFile(target.knownHosts, "utf8")).trim()).toBe(shown);
    expect(codeOf(await transport.connect({ ...target, acceptNew: false }))).toBe("no failure");
  });

  it("is refused when it is new and cannot be added", async () => {
    const target = { ...(await knowing("")), knownHosts: "/proc/none", acceptNew: true };
    expect(codeOf(await transport.connect(target))).toBe("host_key_unknown");
  });
});
