import { describe, expect, it } from "vitest";
import type { FailureCode } from "../../src/model/failure.ts";
import { newBoot, oldBoot, rebootingFleet, type Story, thirdBoot } from "../support/rebooting-host.ts";

const minute = 60_000;

const rebooted = async (story: Story) => {
  const fleet = rebootingFleet({ web1: story });
  try {
    const result = await fleet.reboot();
    return { ...fleet, ...fleet.hosts.get("web1")!, result };
  } finally {
    fleet.remove();
  }
};

/** Goes down after five seconds and is back in another boot after so many. */
const backAfter =
  (seconds: number, meanwhile: FailureCode = "connection_refused"): Story["life"] =>
  (since) =>
    since < 5000 ? { boot: oldBoot } : since < seconds * 1000 ? { fails: meanwhile } : { boot: newBoot };

describe("a host that reboots", () => {
  it("is back when it answers in another boot, and is done when it is still in it after the window", async () => {
    const { result, events, triggers, clock } = await rebooted({ life: backAfter(45) });
    expect(result).toMatchObject({ kind: "back", after: { boot: { value: newBoot } } });
    expect(triggers()).toBe(1);
    expect(events.map(({ kind }) => kind)).toEqual(["rebooting", "back", "stable"]);
    const back = events.find((event) => event.kind === "back");
    expect(back?.after).toBeGreaterThanOrEqual(45_000);
    expect(back?.after).toBeLessThan(55_000);
    expect(clock.now()).toBe((back?.after ?? 0) + minute);
  });

  it.each<FailureCode>([
    "connection_refused",
    "connect_timeout",
    "address_unreachable",
    "connection_lost_before_login",
    "handshake_timeout",
    "forward_refused",
    "login_refused",
  ])("is waited for while it gives %s", async (code) => {
    expect((await rebooted({ life: backAfter(90, code) })).result.kind).toBe("back");
  });

  it("is called with growing pauses, of ten seconds at the most", async () => {
    const { calls } = await rebooted({ life: backAfter(120) });
    // The first call is the trigger's, the last one that after the window.
    const looks = calls.slice(1, -1);
    const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
    expect(Math.max(...pauses)).toBe(10_000);
    expect(pauses.length).toBeLessThan(20);
  });

  it("that refuses logins is left alone for ten seconds each time: its sshd may hold that against us", async () => {
    const { calls } = await rebooted({ life: backAfter(60, "login_refused") });
    const refused = calls.filter((at) => at > 5000 && at < minute);
    expect(refused.slice(1).map((at, index) => at - (refused[index] ?? 0))).toEqual(refused.slice(1).map(() => 10_000));
  });

  it("that never answers again is not_back at the deadline, and not before", async () => {
    const { result, clock, triggers } = await rebooted({ life: () => ({ fails: "connect_timeout" }) });
    expect(result).toMatchObject({ kind: "failed", failure: { code: "not_back", sent: true } });
    expect(clock.now()).toBeGreaterThanOrEqual(10 * minute);
    expect(clock.now()).toBeLessThanOrEqual(10 * minute + 10_000);
    expect(triggers()).toBe(1);
  });

  it("that stays in its old boot is not_rebooted at the deadline", async () => {
    const { result, clock, triggers } = await rebooted({ life: () => ({ boot: oldBoot }) });
    expect(result).toMatchObject({ kind: "failed", failure: { code: "not_rebooted" } });
    expect(clock.now()).toBe(10 * minute);
    expect(triggers()).toBe(1);
  });

  it("that comes back in its old boot (the network was down) is not_rebooted", async () => {
    const life: Story["life"] = (since) => (since < minute ? { fails: "connect_timeout" } : { boot: oldBoot });
    expect((await rebooted({ life })).result).toMatchObject({ failure: { code: "not_rebooted" } });
  });

  it.each(["", "cat: Input/output error", "A9236EB2-8719-4750-B84B-DDBE7F96AEA3", "0"])(
    "whose boot_id is %j has proven nothing",
    async (boot) => {
      const { result } = await rebooted({ life: () => ({ boot }) });
      expect(result).toMatchObject({ kind: "failed", failure: { code: "not_rebooted" } });
    },
  );

  it("that boots again within the window is not_stable", async () => {
    const life: Story["life"] = (since) =>
      since < 30_000 ? { fails: "connection_refused" } : { boot: since < 50_000 ? newBoot : thirdBoot };
    expect((await rebooted({ life })).result).toMatchObject({ failure: { code: "not_stable" } });
  });

  it("that goes away again within the window is not_stable, after some tries more", async () => {
    const life: Story["life"] = (since) =>
      since < 30_000 || since > 50_000 ? { fails: "connection_refused" } : { boot: newBoot };
    const { result, clock } = await rebooted({ life });
    expect(result).toMatchObject({ failure: { code: "not_stable" } });
    expect(clock.now()).toBeLessThan(5 * minute);
  });

  it.each<FailureCode>(["host_key_changed", "host_key_unknown", "host_key_revoked"])(
    "that comes back with another key (%s) ends the waiting at once, and nobody logs in there",
    async (code) => {
      const { result, clock } = await rebooted({
        life: (since) => ({ fails: since < 30_000 ? "connection_refused" : code }),
      });
      expect(result).toMatchObject({
        kind: "failed",
        failure: { code, detail: expect.stringContaining("person") as string },
      });
      expect(clock.now()).toBeLessThan(minute);
    },
  );
});

describe("contact that is lost in the trigger", () => {
  it("after it fired is settled by the boot_id: back, and nothing is sent twice", async () => {
    const { result, triggers } = await rebooted({ life: backAfter(45), contact: "lost_after" });
    expect(result.kind).toBe("back");
    expect(triggers()).toBe(1);
  });

  it("before it fired is settled by the boot_id: not_rebooted, which says that contact was lost, and nothing is sent twice", async () => {
    const { result, triggers } = await rebooted({ life: backAfter(45), contact: "lost_before" });
    expect(result).toMatchObject({
      failure: { code: "not_rebooted", detail: expect.stringContaining("contact was lost") as string },
    });
    expect(triggers()).toBe(1);
  });
});

describe("a stop", () => {
  it("after the trigger does not end the waiting: the host is waited for and proven", async () => {
    const { result } = await rebooted({ life: backAfter(45), stopped: true });
    expect(result.kind).toBe("back");
  });

  it("leaves the deadline as it is", async () => {
    const { result, clock } = await rebooted({ life: () => ({ fails: "connection_refused" }), stopped: true });
    expect(result).toMatchObject({ failure: { code: "not_back" } });
    expect(clock.now()).toBe(10 * minute);
  });
});
