import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KillAt } from "./kit/controller.ts";
import { endState } from "./kit/end-state.ts";
import { type FaultFleet, type FaultHost, startFleet, usualPlay } from "./kit/fleet.ts";

/** A moment of a run of one host, by its journal: `N` counts lines of a kind. */
type Boundary = { readonly name: string; readonly kill: Omit<KillAt, "nth"> };

const line = (kind: string, stage = ""): string => `"kind":"${kind}".*${stage === "" ? "" : `"stage":"${stage}"`}`;
const at = (moment: KillAt["moment"], kind: string, stage?: string): Boundary => ({
  name: `${moment} ${[kind, stage].filter((one) => one !== undefined).join(" of ")}`,
  kill: { line: line(kind, stage), moment },
});

/** Before an intent, after it (nothing is sent), after the effect (its result is not written), half of that, and after it. */
const around = (stage: string): readonly Boundary[] => [
  at("before", "intent", stage),
  at("after", "intent", stage),
  at("before", "result", stage),
  at("torn", "result", stage),
  at("after", "result", stage),
];
const liveBoundaries = [...around("apply"), ...around("confirm"), at("before", "outcome"), at("after", "outcome")];
const rebootBoundaries = [...around("reboot"), ...around("confirm")];

type World = { readonly fleet: FaultFleet; readonly play: string; readonly expected: string };

/** One host is changed undisturbed: the others must end as it does. */
const undisturbed = async (text: string, life?: "comes_back"): Promise<World> => {
  const boundaries = life === undefined ? liveBoundaries : rebootBoundaries;
  const fleet = await startFleet({ count: boundaries.length + 1, ...(life === undefined ? {} : { life }) });
  const play = await fleet.play("play", text);
  const [host] = fleet.hosts as [FaultHost];
  expect(await fleet.report(["apply", play, "--yes", "-l", host.name])).toMatchObject({ exit: 0 });
  return { fleet, play, expected: await endState(host, fleet.folder) };
};

const killAndResume = async ({ fleet, play, expected }: World, host: FaultHost, { kill }: Boundary) => {
  const state = join(fleet.folder, `state-${host.name}`);
  const killed = await fleet.run(["apply", play, "--yes", "-l", host.name], { state, kill });
  expect(killed).toMatchObject({ signal: "SIGKILL", stdout: "" });
  expect(await fleet.report(["resume", "last", "--yes"], { state })).toMatchObject({ exit: 0 });
  expect(await endState(host, fleet.folder)).toBe(expected);
};

// A dozen controllers at once: what takes seconds alone takes a minute on a busy machine.
const slow = { timeout: 240_000 };

describe("kill -9 of the controller, then resume", slow, () => {
  let world: World;
  beforeAll(async () => {
    world = await undisturbed(usualPlay({ confirm: "60s" }));
  });
  afterAll(() => world.fleet.stop());

  it.concurrent.each(liveBoundaries.map((one, number) => ({ ...one, number })))(
    "$name: the host ends as after an undisturbed run",
    async ({ number, ...boundary }) => {
      await killAndResume(world, world.fleet.hosts[number + 1]!, boundary);
    },
  );
});

describe("kill -9 of the controller around a reboot, then resume", slow, () => {
  let world: World;
  beforeAll(async () => {
    const activate = "reboot, reboot_within: 1m, stable_for: 1s";
    world = await undisturbed(usualPlay({ activate, confirm: "60s" }), "comes_back");
  });
  afterAll(() => world.fleet.stop());

  it.concurrent.each(rebootBoundaries.map((one, number) => ({ ...one, number })))(
    "$name: the host ends as after an undisturbed run, rebooted once",
    async ({ number, ...boundary }) => {
      const host = world.fleet.hosts[number + 1]!;
      await killAndResume(world, host, boundary);
      expect(await host.reboots()).toBe(1);
    },
  );
});

describe("what the moments of these tests are", () => {
  it("are the stages that an undisturbed run has in its journal", async () => {
    const fleet = await startFleet({ count: 1 });
    const play = await fleet.play("play", usualPlay());
    const note = join(fleet.folder, "note");
    await fleet.run(["apply", play, "--yes"], { note });
    const lines = (await readFile(note, "utf8")).trim().split("\n");
    const kinds = lines.map((text) => JSON.parse(text) as { readonly kind: string; readonly stage?: string });
    expect(kinds.map(({ kind, stage = "" }) => `${kind} ${stage}`.trim())).toEqual([
      ...["begin", "batch", "intent apply", "result apply", "intent confirm", "result confirm", "outcome", "end"],
    ]);
    await fleet.stop();
  });
});
