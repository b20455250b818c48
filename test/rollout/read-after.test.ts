import { afterEach, describe, expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { NonEmpty, RunId } from "../../src/model/brand.ts";
import type { Failure } from "../../src/model/failure.ts";
import { readAfter } from "../../src/rollout/read-after.ts";
import { type LocalFleet, localFleet } from "../support/local-fleet.ts";

let fleet: LocalFleet;
afterEach(() => fleet.remove());

const failure: Failure = { code: "connection_lost", detail: "cut", sent: true };

/** Contact was lost with these actions, which nothing waits for; the goal is there at this reading. The pauses, in seconds. */
const pausesUntil = async (reading: number, actions: NonEmpty<Action>) => {
  fleet = localFleet({ a: ["none"] });
  const walk = fleet.walk();
  const pauses: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms / 1000);
    return Promise.resolve();
  };
  const target = { host: fleet.hosts[0]!, plays: [], become: { kind: "no" } } as const;
  let readings = 0;
  const after = await readAfter(target, {
    walk: { ...walk, effects: { ...walk.effects, clock: { ...walk.effects.clock, sleep } } },
    run: "20260101T000000Z-0000abcd" as RunId,
    change: { actions, confirm: undefined },
    sent: { kind: "lost", failure },
    isThere: () => ++readings >= reading,
  });
  expect(after.kind).toBe("planned");
  return pauses;
};

const value: Action = { kind: "set_hashsize", task: "t", from: 65536, to: 131072 };
const unload: Action = { kind: "unload_modules", task: "t", modules: ["nf_conntrack"] };

describe("after contact was lost with a change that nothing waits for", () => {
  it("a host is read once more", async () => {
    expect(await pausesUntil(99, [value])).toEqual([2]);
  });

  it("a host whose reload may have cut it is read until it is there", async () => {
    expect(await pausesUntil(3, [unload])).toEqual([2, 5, 10]);
  });

  it("a host whose reload may have cut it is given up after about a minute", async () => {
    expect(await pausesUntil(99, [value, unload])).toEqual([2, 5, 10, 20, 30]);
  });
});
