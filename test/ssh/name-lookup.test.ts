import { describe, expect, it } from "vitest";
import { type AskSystem, type Family, type LookedUp, nameLookup } from "../../src/ssh/name-lookup.ts";
import { fakeClock } from "../support/fake-clock.ts";

/** A system whose answers come when told to. */
const slowSystem = () => {
  const asked: { name: string; answer: (addresses: readonly string[]) => void; refuse: (code: string) => void }[] = [];
  const ask: AskSystem = (name) =>
    new Promise((resolve, reject) => {
      const refuse = (code: string): void => reject(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }));
      asked.push({ name, answer: resolve, refuse });
    });
  return { ask, asked };
};

const start = () => {
  const { ask, asked } = slowSystem();
  const clock = fakeClock();
  return { asked, clock, lookUp: nameLookup({ clock, ask }) };
};
const said = (found: LookedUp): unknown => (found.kind === "found" ? found.addresses : found.trouble);

describe("name lookup", () => {
  it("asks once for each name and family, however many want to know", async () => {
    const { asked, clock, lookUp } = start();
    const wanted = [lookUp("web1", 0, 100), lookUp("WEB1", 0, 100), lookUp("web1", 6, 100)];
    await clock.pass(0);
    expect(asked.map(({ name }) => name)).toEqual(["web1", "web1"]);
    for (const { answer } of asked) answer(["10.0.0.1", "::1", "10.0.0.1"]);
    expect((await Promise.all(wanted)).map(said)).toEqual(Array(3).fill(["10.0.0.1", "::1"]));
    await lookUp("web1", 0, 100);
    expect(asked).toHaveLength(2);
  });

  it("puts two questions at a time, and a deadline runs from its own start", async () => {
    const { asked, clock, lookUp } = start();
    const wanted = ["a", "b", "c"].map((name) => lookUp(name, 0, 100));
    await clock.pass(90);
    expect(asked).toHaveLength(2);
    asked[0]!.answer(["10.0.0.1"]);
    await clock.pass(90);
    expect(asked.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    asked[2]!.answer(["10.0.0.3"]);
    expect((await Promise.all(wanted)).map(said)).toEqual([
      ["10.0.0.1"],
      { kind: "socket", code: "ENOTFOUND", message: "no answer about b within 100 ms" },
      ["10.0.0.3"],
    ]);
  });

  it("keeps the place of a question that hangs: its thread is busy", async () => {
    const { asked, clock, lookUp } = start();
    void lookUp("a", 0, 100);
    void lookUp("b", 0, 100);
    void lookUp("c", 0, 100);
    await clock.pass(10_000);
    expect(asked).toHaveLength(2);
    asked[0]!.refuse("EAI_AGAIN");
    await clock.pass(0);
    expect(asked).toHaveLength(3);
  });

  it("remembers a failure for half a minute, and a late answer at once", async () => {
    const { asked, clock, lookUp } = start();
    const first = lookUp("web1", 0, 100);
    await clock.pass(0);
    asked[0]!.refuse("ENOTFOUND");
    expect(said(await first)).toMatchObject({ code: "ENOTFOUND", message: "getaddrinfo ENOTFOUND web1" });
    await clock.pass(29_000);
    await lookUp("web1", 0, 100);
    expect(asked).toHaveLength(1);
    await clock.pass(2000);
    const second = lookUp("web1", 0, 100);
    await clock.pass(200);
    expect(said(await second)).toMatchObject({ message: "no answer about web1 within 100 ms" });
    asked[1]!.answer(["10.0.0.1"]);
    await clock.pass(0);
    expect(said(await lookUp("web1", 0, 100))).toEqual(["10.0.0.1"]);
    expect(asked).toHaveLength(2);
  });

  it("never asks about an address", async () => {
    const { asked, lookUp } = start();
    const answer = async (address: string, family: Family = 0): Promise<unknown> =>
      said(await lookUp(address, family, 100));
    expect(await answer("127.0.0.1", 4)).toEqual(["127.0.0.1"]);
    expect(await answer("fe80::1%eth0", 6)).toEqual(["fe80::1%eth0"]);
    expect(await answer("127.0.0.1", 6)).toMatchObject({
      message: expect.stringContaining("no IPv6 address") as string,
    });
    expect(await answer("::1", 4)).toMatchObject({ message: expect.stringContaining("no IPv4 address") as string });
    expect(await answer("fe80::1")).toMatchObject({
      message: expect.stringContaining("say which (fe80::1%eth0)") as string,
    });
    expect(asked).toEqual([]);
  });
});
