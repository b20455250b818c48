import { afterEach, describe, expect, it } from "vitest";
import { exitCode } from "../../src/report/exit.ts";
import { compiledPlays } from "../support/play.ts";
import { newBoot, oldBoot, rebootingFleet, type Story, thirdBoot } from "../support/rebooting-host.ts";

const max = 300_000;
const values = {
  "proc/sys/net/netfilter/nf_conntrack_max": `${max}\n`,
  "proc/sys/net/nf_conntrack_max": `${max}\n`,
};
const sysctl = "etc/sysctl.d/90-nf_conntrack.conf";

const plays = (more: { readonly percent?: number; readonly verify?: string; readonly second?: number } = {}) => {
  const one = (wanted: number, file: string) => `
- name: reboot for ${wanted}
  hosts: all
  serial: 1
  max_fail_percentage: ${more.percent ?? 0}
  tasks:
    - conntrack: { size: { rule: fixed, max: ${wanted}, buckets: 65536 }, allow_lower: true }
    - template: { src: hashsize.hbs, dest: /etc/modprobe.d/nf_conntrack.conf, mode: "0644" }
    - template: { src: modules-load.conf.hbs, dest: /etc/modules-load.d/nf_conntrack.conf, mode: "0644" }
    - template: { src: max.hbs, dest: /${file}, mode: "0644" }
    - activate: { with: reboot, stable_for: 30s }
${more.verify === undefined ? "" : `    - verify: ["${more.verify}"]`}
`;
  const second = more.second === undefined ? "" : one(more.second, "etc/sysctl.d/95-second.conf");
  return compiledPlays({ file: "reboot.yaml", text: one(max, sysctl) + second });
};

/** Down after five seconds, back in another boot after forty. */
const usual: Story["life"] = (since) =>
  since < 5000 ? { boot: oldBoot } : since < 40_000 ? { fails: "connection_refused" } : { boot: newBoot };
const good: Story = { life: usual, onBoot: values };
const gone: Story = { life: () => ({ fails: "connect_timeout" }) };

const justUp = { "proc/uptime": "40.00 80.00\n" };
const didNotBring = expect.stringContaining("did not bring the wanted values") as string;

let fleet: ReturnType<typeof rebootingFleet>;
afterEach(() => fleet.remove());

/** Survey and apply as the command does; the outcome of each host in order, and the exit code. */
const roll = async (stories: { readonly [name: string]: Story }, more?: Parameters<typeof plays>[0]) => {
  fleet = rebootingFleet(stories);
  const reports = await fleet.apply(plays(more));
  const outcomes = reports.map(({ outcome }) => outcome);
  const exit = exitCode(reports, { findingsCount: false, failOn: "warning", maxUnreachable: 0 });
  return { outcomes, first: outcomes[0], exit };
};

/** How many reboots each host was sent. */
const triggers = () => [...fleet.hosts.values()].map((host) => host.triggers());
const read = (name: string, path: string) => fleet.hosts.get(name)?.read(path);

describe("a play that reboots", () => {
  it("writes the files first, reboots once, and is done when the values are as predicted", async () => {
    const { first, exit } = await roll({ web1: good });
    expect(first).toMatchObject({
      kind: "changed",
      actions: [
        { kind: "write" },
        { kind: "write" },
        { kind: "write", path: `/${sysctl}` },
        { kind: "reboot", from: oldBoot },
      ],
    });
    expect(exit).toBe(0);
    expect(triggers()).toEqual([1]);
  });

  it("holds its checks after the reboot, not before it", async () => {
    const { first } = await roll({ web1: good }, { verify: `facts.conntrack.max == ${max}` });
    expect(first?.kind).toBe("changed");
  });

  it("fails where a check does not hold after it", async () => {
    const { first } = await roll({ web1: good }, { verify: "facts.conntrack.max == 1" });
    expect(first).toMatchObject({ kind: "failed", failure: { code: "verify_false" } });
    expect(triggers()).toEqual([1]);
  });

  it("fails where the values after it are not the predicted ones, and does not reboot again", async () => {
    const { first, exit } = await roll({ web1: { life: usual } });
    expect(first).toMatchObject({ kind: "failed", failure: { code: "not_converged", detail: didNotBring } });
    expect(exit).toBe(3);
    expect(triggers()).toEqual([1]);
  });

  it("says the same of a host that is up for too short a time to be rebooted again", async () => {
    const { first } = await roll({ web1: { life: usual, onBoot: justUp } });
    expect(first).toMatchObject({ kind: "failed", failure: { code: "not_converged", detail: didNotBring } });
  });

  it("is done where contact was lost in the trigger, and the values are there", async () => {
    const { first } = await roll({ web1: { ...good, contact: "lost_after" } });
    expect(first?.kind).toBe("changed");
    expect(triggers()).toEqual([1]);
  });

  it("does not reboot a host whose files could not be written", async () => {
    fleet = rebootingFleet({ web1: good });
    fleet.hosts.get("web1")?.refuseFiles();
    const [report] = await fleet.apply(plays());
    expect(report?.outcome.kind).toBe("failed");
    expect(triggers()).toEqual([0]);
  });

  it("finds nothing to do the second time", async () => {
    await roll({ web1: good });
    expect((await fleet.apply(plays())).map(({ outcome }) => outcome.kind)).toEqual(["compliant"]);
    expect(triggers()).toEqual([1]);
  });
});

describe("at most one reboot for a host and run", () => {
  it("holds over two plays that both ask for one: the second has its files in place, and says what is needed", async () => {
    const { first, exit } = await roll({ web1: good }, { second: 400_000 });
    expect(first).toMatchObject({ kind: "drifted", needs: [expect.stringMatching(/^a second reboot/)] });
    expect(exit).toBe(2);
    expect(triggers()).toEqual([1]);
  });

  it("holds where the second one finds a host that came up a moment ago", async () => {
    const { first, exit } = await roll(
      { web1: { life: usual, onBoot: { ...values, ...justUp } } },
      { second: 400_000 },
    );
    expect(first).toMatchObject({ kind: "drifted", needs: [expect.stringMatching(/^a second reboot.*up for 40 s/)] });
    expect(exit).toBe(2);
  });

  it("holds where a later play finds a host that did not come back", async () => {
    const { first, exit } = await roll({ web1: gone }, { second: 400_000 });
    expect(first).toMatchObject({ kind: "failed", failure: { code: "not_back" } });
    expect(exit).toBe(3);
    expect(triggers()).toEqual([1]);
  });
});

describe("batches", () => {
  it("stop where a host is not back: the next one is not begun, and its files are as they were", async () => {
    const { outcomes } = await roll({ web1: gone, web2: good });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["failed", "not_attempted"]);
    expect(triggers()).toEqual([1, 0]);
    expect(() => read("web2", sysctl)).toThrow("ENOENT");
  });

  it("stop where a host does not stay", async () => {
    const life: Story["life"] = (since) => (since < 60_000 ? usual(since) : { boot: thirdBoot });
    const { outcomes } = await roll({ web1: { ...good, life }, web2: good });
    expect(outcomes[0]).toMatchObject({ kind: "failed", failure: { code: "not_stable" } });
    expect(outcomes[1]?.kind).toBe("not_attempted");
  });

  it("begin only when every host of the one before is proven", async () => {
    const { outcomes } = await roll({ web1: good, web2: good });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["changed", "changed"]);
    const [one, two] = [...fleet.hosts.values()].map(({ calls }) => calls);
    // The survey called both; then the first one's last call came before any of the second's.
    expect(Math.max(...(one ?? []))).toBeLessThanOrEqual(Math.min(...(two ?? []).slice(1)));
  });
});

describe("a stop", () => {
  it("while a host reboots: it is waited for and proven, and no other host is begun", async () => {
    const { outcomes } = await roll({ web1: { ...good, stopped: true }, web2: good });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["changed", "not_attempted"]);
    expect(triggers()).toEqual([1, 0]);
  });

  it("between the files and the reboot: it is not sent, and the report says so", async () => {
    const { first } = await roll({ web1: { ...good, stoppedEarly: true } });
    expect(first).toMatchObject({
      kind: "not_attempted",
      because: expect.stringContaining("before the reboot") as string,
    });
    expect(triggers()).toEqual([0]);
    expect(read("web1", sysctl)).toContain(`${max}`);
  });
});
