import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostName } from "../../src/model/brand.ts";
import type { Host } from "../../src/model/host.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet, type Target } from "../../src/rollout/survey.ts";
import { gatherFacts, ping } from "../../src/rollout/visit.ts";
import { optionsFor } from "../ssh/login.ts";
import { applyOptions } from "../support/apply-options.ts";
import { startDropbear } from "../support/dropbear.ts";
import { aHost, compiledPlays } from "../support/play.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { realWalk } from "./reach.ts";

let appliance: Sshd;
let debian: Sshd;
beforeAll(async () => {
  [appliance, debian] = await Promise.all([startDropbear(), startSshd({ count: 1 })]);
});
afterAll(() => Promise.all([appliance.stop(), debian.stop()]));

const host: Host = { ...aHost, name: "appliance" as HostName };
const noBecome = { kind: "no" } as const;
const walkAs = async (user: string, server = appliance) =>
  realWalk(new Map([[host.name, { ...(await optionsFor(server)), user }]])).walk;
const settings = "/etc/sysctl.d/90-nf_conntrack.conf";

const plays = compiledPlays({
  file: "play.yaml",
  text: `- name: a template
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 300000 }, allow_lower: true }
    - template: { src: max.hbs, dest: ${settings}, mode: "0640" }
    - settings: { path: /etc/sysctl.conf, absent: [net.netfilter.nf_conntrack_max] }
`,
});
const targets: readonly Target[] = [{ host, plays, become: noBecome }];

/** Which facts of the kernel can be read, absent or unreadable: their values move. */
const readings = async (server: Sshd) => {
  const gathered = await gatherFacts({ host, become: noBecome }, await walkAs("root", server));
  if (gathered.kind === "failed") throw new Error(gathered.failure.detail);
  const { conntrack, kernel, memory } = gathered.facts;
  const kinds = (group: object) =>
    Object.fromEntries(
      Object.entries(group).map(([name, fact]: [string, { readonly kind?: string }]) => [name, fact.kind]),
    );
  const keys = [...conntrack.keys.keys()];
  return { conntrack: kinds(conntrack), kernel: kinds(kernel), memory: kinds(memory), keys };
};

describe("a dropbear with nothing but busybox", () => {
  it.each([
    ["root", "0"],
    ["operator", "7002"],
  ])("is reached as %s", async (user, uid) => {
    expect(await ping({ host, become: noBecome }, await walkAs(user))).toEqual({ kind: "reached", uid });
  });

  it("tells of the kernel all that a Debian beside it tells", async () => {
    const [here, there] = await Promise.all([appliance, debian].map(readings));
    expect(here).toEqual(there);
    expect(here?.conntrack).toMatchObject({ max: "read", count: "read", buckets: "read", statistics: "read" });
  });

  it("is audited without a trace, changed by a template, and then stays as it is", async () => {
    const [{ run, readFile, writeFile }] = appliance.hosts as [Sshd["hosts"][number]];
    await writeFile("/etc/sysctl.conf", "# mine\nnet.netfilter.nf_conntrack_max = 1000\n", 0o640);
    const tree = () => run("find /etc /var /root /home /tmp -exec stat -c '%n %a %u %g %s %Y %Z' {} + | sort");
    const before = await tree();
    const walk = await walkAs("root");
    const surveys = await surveyFleet(targets, walk);
    expect(reportSurvey(host.name, surveys.get(host.name)).outcome).toMatchObject({ kind: "drifted" });
    expect(await tree()).toBe(before);

    const [report] = await applyFleet(plays, targets, surveys, applyOptions(walk));
    expect(report?.outcome).toMatchObject({ kind: "changed" });
    expect(await readFile(settings)).toBe("net.netfilter.nf_conntrack_max = 300000\n");
    expect(await run(`stat -c %a ${settings}`)).toBe("640\n");
    expect(await readFile("/etc/sysctl.conf")).toBe("# mine\n");
    expect(await run("grep -rl 'nf_conntrack_max = 1000' /var/lib/ctfleet")).toContain("20260101T000000Z");

    const after = await tree();
    const again = await surveyFleet(targets, await walkAs("root"));
    expect(reportSurvey(host.name, again.get(host.name)).outcome).toMatchObject({ kind: "compliant" });
    expect(await tree()).toBe(after);
    walk.sessions.closeAll();
  });
});
