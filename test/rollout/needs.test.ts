import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exitCode } from "../../src/report/exit.ts";
import { compiledPlays } from "../support/play.ts";
import { rebootingFleet } from "../support/rebooting-host.ts";

const rules = { findingsCount: false, failOn: "warning", maxUnreachable: 0 } as const;
const hashsize = "sys/module/nf_conntrack/parameters/hashsize";

/** Another hash size, by live values alone. */
const plays = compiledPlays({
  file: "p.yaml",
  text: `
- name: live only
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 300000, buckets: 131072 } }
    - template: { src: max.hbs, dest: /etc/sysctl.d/90-nf_conntrack.conf, mode: "0644" }
    - template: { src: hashsize.hbs, dest: /etc/modprobe.d/nf_conntrack.conf, mode: "0644" }
    - template: { src: modules-load.conf.hbs, dest: /etc/modules-load.d/nf_conntrack.conf, mode: "0644" }
    - activate: { with: auto, allow: [live] }
`,
});

let fleet: ReturnType<typeof rebootingFleet>;
afterEach(() => fleet.remove());

const oneHost = () => {
  fleet = rebootingFleet({ web1: { life: () => ({ fails: "internal" }) } });
  const host = fleet.hosts.get("web1")!;
  return { ...host, at: (path: string) => join(host.host.connection.root, path) };
};

describe("a host whose hash size cannot be written live", () => {
  it("is given the rest, and is drifted: it needs a reboot, which nobody allowed and nobody sends", async () => {
    const { at, triggers } = oneHost();
    chmodSync(at(hashsize), 0o444);
    const reports = await fleet.apply(plays);
    expect(reports[0]?.outcome).toMatchObject({
      kind: "drifted",
      actions: [],
      needs: [expect.stringMatching(/^a re(boot|load): .*hashsize/)],
      done: [{ kind: "write" }, { kind: "write" }, { kind: "write" }, { kind: "set" }],
    });
    expect(exitCode(reports, rules)).toBe(2);
    expect(triggers()).toBe(0);
  });

  it("is told the same the next time, when nothing is left to be sent", async () => {
    const { at } = oneHost();
    chmodSync(at(hashsize), 0o444);
    await fleet.apply(plays);
    const [again] = await fleet.apply(plays);
    expect(again?.outcome).toMatchObject({
      kind: "drifted",
      actions: [],
      needs: [expect.stringContaining("hashsize")],
    });
    expect(again?.outcome).not.toHaveProperty("done");
  });
});

describe("a trial", () => {
  it("sets live values, leaves files alone, and is told with its seconds", async () => {
    const { read } = oneHost();
    const [report] = await fleet.apply(plays.map((play) => ({ ...play, trial: 3600 })));
    expect(report?.outcome).toMatchObject({
      kind: "changed",
      trial: 3600,
      actions: [{ kind: "set_hashsize" }, { kind: "set" }],
    });
    expect(read("var/lib/ctfleet/trial")).toMatch(/^20260101T000000Z-0000abcd \S+ \S+ 3600$/m);
    expect(() => read("etc/sysctl.d/90-nf_conntrack.conf")).toThrow("ENOENT");
  });
});
