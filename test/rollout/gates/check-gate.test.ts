import { describe, expect, it } from "vitest";
import type { Progress } from "../../../src/rollout/effects.ts";
import { checkGate, closed, type Look, open } from "../../../src/rollout/gates/check-gate.ts";
import { fakeClock } from "../../support/fake-clock.ts";

/** A gate that says these things in turn, then the last one for ever. */
const check = (looks: readonly Look[], times: { readonly within: number; readonly every: number }) => {
  const clock = fakeClock();
  const stop = new AbortController();
  const events: Progress[] = [];
  const at: number[] = [];
  const walk = {
    effects: { clock },
    stop: stop.signal,
    onProgress: (event: Progress) => events.push(event),
  };
  const look = () => {
    at.push(clock.now());
    return Promise.resolve(looks[Math.min(at.length, looks.length) - 1]!);
  };
  return { clock, stop, events, at, result: checkGate({ name: "g", ...times }, look, walk) };
};

describe("a gate", () => {
  it("that is open is looked at once", async () => {
    const { result, at, events } = check([open], { within: 60_000, every: 10_000 });
    expect([await result, at, events]).toEqual([
      open,
      [0],
      [{ kind: "gate", gate: "g", closed: undefined, left: 60_000 }],
    ]);
  });

  it("that is closed is looked at until it opens, and each look is told", async () => {
    const { result, at, clock, events } = check([closed("no"), closed("not yet"), open], {
      within: 60_000,
      every: 10_000,
    });
    await clock.pass();
    expect([await result, at]).toEqual([open, [0, 10_000, 20_000]]);
    expect(events).toMatchObject([
      { closed: "no", left: 60_000 },
      { closed: "not yet", left: 50_000 },
      { closed: undefined, left: 40_000 },
    ]);
  });

  it("that stays closed is looked at once more at the very end, and says what the last look said", async () => {
    const { result, at, clock } = check([closed("no"), closed("no"), closed("no"), closed("still no")], {
      within: 25_000,
      every: 10_000,
    });
    await clock.pass();
    expect([await result, at]).toEqual([closed("still no"), [0, 10_000, 20_000, 25_000]]);
  });

  it("without time is looked at once", async () => {
    const { result, at } = check([closed("no")], { within: 0, every: 10_000 });
    expect([await result, at]).toEqual([closed("no"), [0]]);
  });

  it("is left by a stop in the wait", async () => {
    const { result, at, clock, stop } = check([closed("no")], { within: 60_000, every: 10_000 });
    await clock.pass(1000);
    stop.abort();
    expect([await result, at]).toEqual([closed("a stop was asked for"), [0]]);
  });
});
