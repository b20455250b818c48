import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDropbear } from "./dropbear.ts";
import type { Sshd } from "./sshd.ts";

const execute = promisify(execFile);

let appliance: Sshd;
beforeAll(async () => {
  appliance = await startDropbear();
});
afterAll(() => appliance.stop());

describe("the appliance", () => {
  it("has busybox for every program, and none of the usual ones", async () => {
    const { run } = appliance.hosts[0]!;
    const programs = await run("find / -xdev -type f -perm -100 -not -path '/lib*' -not -path '/usr/lib*'");
    expect(programs.trim().split("\n").toSorted()).toEqual(["/bin/busybox", "/usr/sbin/dropbear"]);
    expect(await run("command -v bash sudo perl python3 || echo none")).toBe("none\n");
  });

  it.each(["root", "operator"])("lets %s in with the client key", async (user) => {
    const { address, port } = appliance.hosts[0]!;
    const { clientKey, knownHostsFile } = appliance;
    const options = [
      "-F",
      "none",
      "-o",
      `UserKnownHostsFile=${knownHostsFile}`,
      "-o",
      "BatchMode=yes",
      "-i",
      clientKey,
    ];
    const ran = await execute("ssh", [...options, "-p", String(port), `${user}@${address}`, "id -un"]);
    expect(ran.stdout).toBe(`${user}\n`);
  });
});
