import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctfleet, ctfleetJson, type JsonReport } from "../support/ctfleet.ts";
import { type Life, makeRebootable, ownKey, type Rebootable } from "../support/reboots.ts";
import { type Sshd, type SshdHost, startSshd } from "../support/sshd.ts";

/** What becomes of each host, and how it is reached. */
const fleet = {
  good: { life: "comes_back", vars: "" },
  program: { life: "comes_back", vars: ", ctfleet_transport: openssh" },
  slow: { life: "boots_slowly", vars: ", ansible_user: deploy, ansible_become: true" },
  stranger: { life: "other_key", vars: "" },
  looping: { life: "loops", vars: "" },
} as const satisfies Record<string, { readonly life: Life; readonly vars: string }>;
const plans = Object.entries(fleet);

const wanted = 37;

let sshd: Sshd;
let hosts: readonly Rebootable[];
let reach: readonly string[];
let play: string;

beforeAll(async () => {
  sshd = await startSshd({ count: plans.length });
  hosts = await Promise.all(plans.map(([, { life }], at) => makeRebootable(sshd, sshd.hosts[at] as SshdHost, life)));
  const lines = hosts.map(({ address, port }, at) => {
    const [name, { vars }] = plans[at]!;
    return `    ${name}: { ansible_host: ${address}, ansible_port: ${port}${vars} }\n`;
  });
  const inventory = join(sshd.folder, "inventory.yaml");
  const vars = `{ ansible_user: root, ansible_ssh_private_key_file: ${sshd.clientKey} }`;
  await writeFile(inventory, `all:\n  vars: ${vars}\n  hosts:\n${lines.join("")}`);
  const known = join(sshd.folder, "known");
  await writeFile(known, hosts.flatMap(({ knownHosts }) => knownHosts.map((line) => `${line}\n`)).join(""));
  reach = ["-i", inventory, "--known-hosts", known];
  play = join(sshd.folder, "play.yaml");
  await writeFile(
    play,
    `- name: By a reboot
  hosts: all
  serial: "100%"
  max_fail_percentage: 100
  tasks:
    - conntrack: { timeouts: { icmp: ${wanted} } }
    - settings: { path: /etc/sysctl.d/90-icmp.conf, set: { ${ownKey}: ${wanted} } }
    - activate: { with: reboot, reboot_within: 1m, stable_for: 8s }
`,
  );
});
afterAll(async () => {
  await sshd.stop();
});

const reboots = () => Promise.all(hosts.map((host) => host.reboots()));

describe("real hosts that reboot", () => {
  it("are named before anything is asked, and nothing is done without a yes", async () => {
    const { exit, stderr } = await ctfleet(["apply", play, ...reach]);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/~ reboot \(boot [0-9a-f]{8}\.\.\. ends; back within 1m, then stable for 8s\)/);
    expect(stderr).toMatch(/5 hosts to be REBOOTED: /);
    expect(await reboots()).toEqual([0, 0, 0, 0, 0]);
  });

  describe("in one run", () => {
    let report: JsonReport & { readonly ran: { readonly stderr: string } };
    beforeAll(async () => {
      report = await ctfleetJson(["apply", play, ...reach, "--yes"]);
    });
    const host = (name: keyof typeof fleet) => report.hosts.find((one) => one.name === name);

    it.each(["good", "program", "slow"] as const)("are changed where they come back and stay (%s)", (name) => {
      expect(host(name)).toMatchObject({ outcome: "changed", actions: [{ kind: "write" }, { kind: "reboot" }] });
      const told = report.ran.stderr.split("\n").filter((line) => line.includes(` ${name}: `));
      expect(told).toEqual([
        expect.stringMatching(/rebooting; it must be back within 1m/),
        expect.stringMatching(/back after \d+ s; it must stay so for 8s/),
        expect.stringMatching(/stable, \d+ s after it was told to reboot/),
        expect.stringMatching(/changed/),
      ]);
    });

    it("are failed where they show another key: nobody logs in there", () => {
      expect(host("stranger")).toMatchObject({
        outcome: "failed",
        failure: { code: "host_key_changed", message: expect.stringContaining("needs a person") as string },
      });
    });

    it("are failed where they boot again", () => {
      expect(host("looping")).toMatchObject({ outcome: "failed", failure: { code: "not_stable" } });
      expect(report.exit).toBe(3);
    });

    it("were told once each", async () => {
      expect(await reboots()).toEqual([1, 1, 1, 1, 1]);
    });
  });
});
