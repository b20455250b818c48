import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootId, HostName } from "../../src/model/brand.ts";
import { rebootHost } from "../../src/rollout/reboot-host.ts";
import { knownIn, optionsFor } from "../ssh/login.ts";
import { applyOptions } from "../support/apply-options.ts";
import { aHost } from "../support/play.ts";
import { type Life, makeRebootable, type Rebootable } from "../support/reboots.ts";
import { type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";
import { realWalk } from "./reach.ts";

const lives: readonly Life[] = ["never", "hangs"];

let sshd: Sshd;
let hosts: readonly Rebootable[];
beforeAll(async () => {
  sshd = await startSshd({ count: lives.length });
  hosts = await Promise.all(lives.map((life, at) => makeRebootable(sshd, sshd.hosts[at] as SshdHost, life)));
});
afterAll(() => sshd.stop());

/** Reboots one host, within six seconds. */
const reboot = async (life: Life) => {
  const at = lives.indexOf(life);
  const { port, knownHosts } = hosts[at]!;
  const known = join(sshd.folder, `known-${life}`);
  await writeFile(known, knownHosts.map((line) => `${line}\n`).join(""));
  const way = { ...(await optionsFor(sshd, at)), port, hostKeys: await knownIn([known]) };
  const name = life as HostName;
  const { walk, close } = realWalk(new Map([[name, way]]));
  const from = (await sshd.hosts[at]!.readFile("/run/boot_id")).trim() as BootId;
  const target = { host: { ...aHost, name }, plays: [], become: { kind: "no" } } as const;
  const action = { kind: "reboot", task: "t", from, within: 6000, stable: 0 } as const;
  try {
    return await rebootHost(target, action, {
      ...applyOptions(walk),
      playNumber: 0,
      token: undefined,
      again: false,
    });
  } finally {
    close();
  }
};

describe("a real host that is told to reboot", () => {
  it.each([
    ["never", "not_back", /tried \d+ times in 6s, the last one gave connection_refused/],
    ["hangs", "not_rebooted", /boot_id is the same after 6s/],
  ] as const)("and %s: it is %s at the deadline", async (life, code, words) => {
    const rebooted = await reboot(life);
    expect(rebooted).toMatchObject({
      kind: "failed",
      failure: { code, detail: expect.stringMatching(words) as string },
    });
    expect(await hosts[lives.indexOf(life)]!.reboots()).toBe(1);
  });

  it("a second time in the same run refuses it itself", async () => {
    const again = await reboot("hangs");
    expect(again).toMatchObject({ kind: "untouched", failure: { code: "reboot_refused" } });
  });
});
