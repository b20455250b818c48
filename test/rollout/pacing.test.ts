import { describe, expect, it } from "vitest";
import type { HostName } from "../../src/model/brand.ts";
import { type FailureCode, failedCodes, unreachableCodes } from "../../src/model/failure.ts";
import type { Host } from "../../src/model/host.ts";
import type { ConnectResult, Entrance } from "../../src/remote/port.ts";
import type { Effects, Progress } from "../../src/rollout/effects.ts";
import { forksOf } from "../../src/rollout/forks.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import { nothingOutside } from "../support/apply-options.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { aHost } from "../support/play.ts";
import { type FakeServer, failure, fakeServer, maxStartups, seeded } from "./fake-server.ts";

type Fleet = {
  readonly hosts: number;
  readonly forks?: number;
  readonly entry?: (host: Host, at: number) => Entrance;
  readonly server: (clock: ReturnType<typeof fakeClock>, random: () => number) => FakeServer["connect"];
};

const named = (at: number): Host => ({ ...aHost, name: `h${at}` as HostName });
const ownEntry = ({ name }: Host): Entrance => ({ key: name, kind: "itself" });
const oneEntry = (): Entrance => ({ key: "[bastion]:22", kind: "bastion" });

/** Connects to every host of a fleet over one `sessions`, on a clock that runs as fast as the work lets it. */
const fleetOf = ({ hosts, forks = 50, entry = ownEntry, server }: Fleet) => {
  const clock = fakeClock();
  const random = seeded(7);
  const connect = server(clock, random);
  const tries = new Map<string, number>();
  const events: Progress[] = [];
  const stop = new AbortController();
  const effects: Effects = {
    connect: (host) => {
      tries.set(host.name, (tries.get(host.name) ?? 0) + 1);
      return connect();
    },
    entry: (host) => entry(host, Number(host.name.slice(1))),
    clock,
    nonce: () => "",
    random,
    ...nothingOutside,
  };
  const onProgress = (event: Progress) => events.push(event);
  const open = sessions({ effects, keep: 0, onProgress, stop: stop.signal }).open;
  const { run } = forksOf(forks);
  const ending = Promise.all(Array.from({ length: hosts }, (_, at) => run((aside) => open(named(at), aside))));
  const finish = async (): Promise<readonly ConnectResult[]> => {
    await clock.pass();
    return ending;
  };
  return { clock, tries, events, stop, finish, ending };
};

const connected = (results: readonly ConnectResult[]): number =>
  results.filter((result) => result.kind === "connected").length;
const sum = (tries: ReadonlyMap<string, number>): number => [...tries.values()].reduce((a, b) => a + b);
const failures = (results: readonly ConnectResult[]) =>
  results.flatMap((result) => (result.kind === "failed" ? [result.failure] : []));

describe("a healthy fleet", () => {
  it.each([40, 300])("of %i plain hosts waits for nothing but its forks", async (hosts) => {
    const fleet = fleetOf({ hosts, server: (clock) => fakeServer(clock, 300, () => undefined).connect });
    expect(connected(await fleet.finish())).toBe(hosts);
    expect(fleet.clock.now()).toBe(Math.ceil(hosts / 50) * 300);
    expect(fleet.events).toEqual([]);
  });

  it("with one host in twenty that resets every connection is not slowed down by them", async () => {
    const sick = ({ tries }: { tries: number }) => (tries % 20 === 0 ? "connection_lost_before_login" : undefined);
    const fleet = fleetOf({ hosts: 300, server: (clock) => fakeServer(clock, 300, sick).connect });
    const healthy = fleet.ending;
    await fleet.clock.pass(6 * 300 + 2000);
    expect(connected(await Promise.race([healthy, fleet.finish()]))).toBe(300);
    expect(fleet.events.length).toBeLessThan(25);
  });
});

describe("300 hosts behind MaxStartups 10:30:60 all get in", () => {
  it.each<[string, Fleet["entry"], number]>([
    ["each under an address of its own", undefined, 750],
    ["through one bastion", oneEntry, 400],
  ])("%s: no host needs its last try, and the slower pace keeps refusals few", async (_, entry, mostTries) => {
    const fleet = fleetOf({
      hosts: 300,
      ...(entry === undefined ? {} : { entry }),
      server: (clock, random) => fakeServer(clock, 1000, maxStartups(10, 30, 60, random)).connect,
    });
    expect(connected(await fleet.finish())).toBe(300);
    expect(Math.max(...fleet.tries.values())).toBeLessThan(8);
    expect(sum(fleet.tries)).toBeLessThan(mostTries);
  });

  it("through one bastion the first round already keeps to what sshd takes", async () => {
    let server: FakeServer | undefined;
    const fleet = fleetOf({
      hosts: 60,
      entry: oneEntry,
      server: (clock) => {
        server = fakeServer(clock, 1000, () => undefined);
        return server.connect;
      },
    });
    await fleet.clock.pass(500);
    expect(server?.busiest()).toBe(10);
    expect(connected(await fleet.finish())).toBe(60);
  });
});

describe("60 hosts behind MaxStartups 2:50:4", () => {
  it("all get in, under addresses of their own", async () => {
    const fleet = fleetOf({
      hosts: 60,
      server: (clock, random) => fakeServer(clock, 300, maxStartups(2, 50, 4, random)).connect,
    });
    expect(connected(await fleet.finish())).toBe(60);
  });
});

describe("a server that drops everything for a while", () => {
  const penaltyUntil = (until: number): Fleet["server"] => {
    return (clock) =>
      fakeServer(clock, 300, ({ now }) => (now < until ? "connection_lost_before_login" : undefined)).connect;
  };

  it("of 20 s: all hosts behind it get in after it, and are tried far less than their budgets would allow", async () => {
    const fleet = fleetOf({ hosts: 100, entry: oneEntry, server: penaltyUntil(20_000) });
    expect(connected(await fleet.finish())).toBe(100);
    expect(sum(fleet.tries)).toBeLessThan(200);
  });

  it("for ever: the first hosts have their budgets, the others one try each, and the run ends", async () => {
    const fleet = fleetOf({ hosts: 100, entry: oneEntry, server: penaltyUntil(Number.POSITIVE_INFINITY) });
    const results = failures(await fleet.finish());
    expect(results.map(({ code }) => code)).toEqual(Array(100).fill("connection_lost_before_login"));
    expect([...fleet.tries.values()].filter((tries) => tries === 1).length).toBeGreaterThan(50);
    expect(fleet.clock.now()).toBeLessThan(3 * 60_000);
  });
});

describe("one host", () => {
  const scripted = (...codes: readonly (FailureCode | undefined)[]): Fleet["server"] => {
    return (clock) => fakeServer(clock, 100, ({ tries }) => codes[Math.min(tries, codes.length) - 1]).connect;
  };
  const reset = "connection_lost_before_login";

  it("that resets twice and then works is connected, and each new try is told", async () => {
    const fleet = fleetOf({ hosts: 1, server: scripted(reset, reset, undefined) });
    expect(connected(await fleet.finish())).toBe(1);
    expect(fleet.events).toMatchObject([
      { kind: "retrying", host: "h0", attempt: 2, because: { code: reset } },
      { kind: "retrying", host: "h0", attempt: 3, because: { code: reset } },
    ]);
  });

  it("that is turned away every time has 8 tries within a minute, and the failure says so", async () => {
    const fleet = fleetOf({ hosts: 1, server: scripted(reset) });
    const [last] = failures(await fleet.finish());
    expect(last).toMatchObject({
      code: reset,
      detail: expect.stringMatching(/^tried [5-8] times in \d+ s$/) as string,
    });
    expect(fleet.clock.now()).toBeLessThan(61_000);
  });

  it.each([
    ["connect_timeout", 2],
    ["banner_timeout", 2],
    ["proxy_failed", 4],
  ] as const)("that may not be there at all (%s) has %i tries", async (code, tries) => {
    const fleet = fleetOf({ hosts: 1, server: scripted(code) });
    expect(failures(await fleet.finish())).toMatchObject([{ code }]);
    expect(fleet.tries.get("h0")).toBe(tries);
  });

  it("that is silent while others get in to the same server counts as turned away, but not behind a bastion", async () => {
    const triesOf = async (kind: Entrance["kind"]) => {
      const silentLast = ({ tries }: { tries: number }) => (tries === 1 ? undefined : "connect_timeout");
      const fleet = fleetOf({
        hosts: 2,
        forks: 1,
        entry: () => ({ key: "one", kind }),
        server: (clock) => fakeServer(clock, 100, silentLast).connect,
      });
      await fleet.finish();
      return fleet.tries.get("h1");
    };
    expect(await triesOf("itself")).toBeGreaterThan(2);
    expect(await triesOf("bastion")).toBe(2);
  });

  const retried = new Set<FailureCode>([reset, "connect_timeout", "banner_timeout", "proxy_failed"]);
  it.each([...unreachableCodes, ...failedCodes].filter((code) => !retried.has(code)))(
    "that fails with %s is tried once, and nothing is added to the failure",
    async (code) => {
      const fleet = fleetOf({ hosts: 1, server: scripted(code) });
      expect(failures(await fleet.finish())).toEqual([failure(code)]);
      expect(fleet.tries.get("h0")).toBe(1);
    },
  );
});

describe("a stop", () => {
  it("ends every wait at once: the tried keep their failure, those without a turn are told apart", async () => {
    const always = () => "connection_lost_before_login" as const;
    const fleet = fleetOf({ hosts: 30, entry: oneEntry, server: (clock) => fakeServer(clock, 100, always).connect });
    await fleet.clock.pass(20);
    const at = fleet.clock.now();
    fleet.stop.abort();
    const codes = new Set(failures(await fleet.finish()).map(({ code }) => code));
    expect(codes).toEqual(new Set(["connection_lost_before_login", "stopped"]));
    expect(fleet.clock.now()).toBeLessThanOrEqual(at + 1);
  });
});

describe("forks", () => {
  it("are free for others while a host waits for its next try", async () => {
    const fleet = fleetOf({
      hosts: 2,
      forks: 1,
      server: (clock) =>
        fakeServer(clock, 100, ({ tries }) => (tries === 1 ? "connection_lost_before_login" : undefined)).connect,
    });
    await fleet.clock.pass(120);
    expect(Object.fromEntries(fleet.tries)).toEqual({ h0: 1, h1: 1 });
    expect(connected(await fleet.finish())).toBe(2);
  });

  it("bound the hosts at once, returning ones included", async () => {
    const { run } = forksOf(2);
    let busy = 0;
    let most = 0;
    const work = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await Promise.resolve();
      busy -= 1;
    };
    await Promise.all(
      Array.from({ length: 20 }, () =>
        run(async (aside) => {
          await work();
          await aside(() => Promise.resolve());
          await work();
        }),
      ),
    );
    expect(most).toBe(2);
  });
});
