import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { knownIn, optionsFor, output, script, withRemote } from "./login.ts";

const execute = promisify(execFile);

describe("addresses", () => {
  const lines = async (name: (address: string) => string, server: Sshd): Promise<string> => {
    const file = join(server.folder, "known_elsewhere");
    const [{ address, knownHosts }] = server.hosts as [Sshd["hosts"][0]];
    await writeFile(file, knownHosts.map((line) => `${line.replace(address, name(address))}\n`).join(""));
    return file;
  };
  const [link, scoped] = Object.entries(networkInterfaces())
    .flatMap(([name, list]) => (list ?? []).map(({ address }) => [name, address] as const))
    .find(([, address]) => address.startsWith("fe80:")) ?? ["", ""];
  const hasIpv6 = networkInterfaces()["lo"]?.some(({ address }) => address === "::1") === true;

  it.skipIf(!hasIpv6)("of IPv6, with a port, and those of one link, are known by their own names", async () => {
    const addresses = scoped === "" ? ["::1"] : ["::1", `${scoped}%${link}`];
    const server = await startSshd({ count: 1, listen: addresses });
    for (const address of addresses) {
      const hostKeys = await knownIn([await lines(() => address, server)]);
      const to = { ...(await optionsFor(server)), address, hostKeys };
      expect((await withRemote(to, (remote) => remote.exec(script("true")))).kind).toBe("exited");
      // The same, as plain ssh has it.
      const ssh = ["-F", "none", "-o", `UserKnownHostsFile=${hostKeys.files[0]!}`, "-o", "StrictHostKeyChecking=yes"];
      await execute("ssh", [...ssh, "-i", server.clientKey, "-p", String(to.port), `root@${address}`, "true"]);
    }
    await server.stop();
  });

  it("from which we come are as asked", async () => {
    const server = await startSshd({ count: 1 });
    const seen = await withRemote({ ...(await optionsFor(server)), bindAddress: "127.1.4.5" }, (remote) =>
      remote.exec(script("echo $SSH_CLIENT")),
    );
    expect(output(seen).stdout).toMatch(/^127\.1\.4\.5 /);
    await server.stop();
  });
});
