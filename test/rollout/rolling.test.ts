import { afterEach, describe, expect, it } from "vitest";
import type { HostName, SysctlKey } from "../../src/model/brand.ts";
import type { JournalEntry } from "../../src/model/journal.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import type { ApplyOptions, Resumed } from "../../src/rollout/apply-options.ts";
import type { Effects, Progress } from "../../src/rollout/effects.ts";
import { surveyFleet, type Target, type Walk } from "../../src/rollout/survey.ts";
import { applyOptions, memoryJournal } from "../support/apply-options.ts";
import { type Fault, type LocalFleet, localFleet } from "../support/local-fleet.ts";
import { compiledPlays } from "../support/play.ts";

const path = "etc/sysctl.d/90-nf_conntrack.conf";

let fleet: LocalFleet;
afterEach(() => fleet.remove());

/** A play that writes one file, with more keys. */
const play = (keys: string, file = path) => `
- name: ${file === path ? "test" : "second"}
  hosts: all
${keys}
  tasks:
    - conntrack: { size: { rule: fixed, max: 300000 }, allow_lower: true }
    - template: { src: max.hbs, dest: /${file}, mode: "0644" }
`;

type Rolling = {
  readonly faults?: { readonly [name: string]: readonly Fault[] };
  readonly vars?: { readonly [name: string]: { readonly [variable: string]: string | number } };
  readonly options?: (walk: Walk) => Partial<ApplyOptions>;
  readonly effects?: Partial<Effects>;
  readonly forks?: number;
  readonly on?: (event: Progress) => void;
  readonly stop?: AbortController;
  readonly before?: () => void;
};

const well = { a: ["none"], b: ["none"], c: ["none"], d: ["none"] } as const;

/** Survey and apply, as the command does it; what became of it, as people see it and as the journal has it. */
const roll = async (text: string, rolling: Rolling = {}) => {
  const { faults = well, vars = {}, forks = 1, stop } = rolling;
  fleet = localFleet(faults);
  const plays = compiledPlays({ file: "play.yaml", text });
  const targets = fleet.hosts.map((host): Target => {
    return { host: { ...host, vars: vars[host.name] ?? {} }, plays, become: { kind: "no" } };
  });
  const events: Progress[] = [];
  const onProgress = (event: Progress) => {
    events.push(event);
    rolling.on?.(event);
  };
  const local = fleet.walk(stop);
  const walk = { ...local, forks, onProgress, effects: { ...local.effects, ...rolling.effects } };
  const more = rolling.options?.(walk) ?? {};
  const open = targets.filter(({ host }) => more.resumed?.get(host.name)?.kind !== "ended");
  const surveys = await surveyFleet(open, walk);
  rolling.before?.();
  const journal = memoryJournal();
  const reports = await applyFleet(plays, targets, surveys, applyOptions(walk, { journal, ...more }));
  expect(reports.map(({ name }) => name)).toEqual(fleet.hosts.map(({ name }) => name));
  const outcomes = Object.fromEntries(reports.map(({ name, outcome }) => [name, outcome]));
  return {
    outcomes,
    kinds: Object.values(outcomes)
      .map(({ kind }) => kind)
      .join(" "),
    because: (name: string) => (outcomes[name] as { readonly because?: string } | undefined)?.because,
    events,
    entries: journal.entries,
  };
};

const batchesOf = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => (entry.kind === "batch" ? [entry.hosts.join(" ")] : []));
const endsIn = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => (entry.kind === "outcome" ? [`${entry.report.name} ${entry.report.outcome.kind}`] : []));
const stopsIn = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => (entry.kind === "stopped" ? [entry.because] : []));
const told = (events: readonly Progress[], ...kinds: readonly Progress["kind"][]) =>
  events.filter(({ kind }) => kinds.includes(kind)).map(({ kind }) => kind);

describe("the journal of a walk", () => {
  it("has each batch before it begins, and each host's end as soon as it has ended", async () => {
    const { entries } = await roll(play("  serial: 2"));
    const story = entries.flatMap((entry) => {
      if (entry.kind === "batch") return [`batch ${entry.number} of ${entry.of}: ${entry.hosts.join(" ")}`];
      return entry.kind === "outcome" ? [`${entry.report.name} ${entry.report.outcome.kind}`] : [];
    });
    expect(story).toEqual([
      ...["batch 1 of 2: a b", "a changed", "b changed"],
      ...["batch 2 of 2: c d", "c changed", "d changed"],
    ]);
  });

  it("has a host's end after the last of its plays, with what its counters were then", async () => {
    const { entries } = await roll(play("") + play("", "etc/sysctl.d/80-x.conf"), { faults: { a: ["none"] } });
    expect(entries.filter(({ kind }) => kind === "outcome")).toMatchObject([
      { play: 1, seen: { boot: { kind: "read" } }, report: { name: "a" } },
    ]);
  });

  it("has why nothing more was started, and no end of a host that had no turn", async () => {
    const { entries } = await roll(play("  serial: 1"), { faults: { ...well, b: ["unreachable"] } });
    expect(endsIn(entries)).toEqual(["a changed", "b unreachable"]);
    expect(stopsIn(entries)).toEqual(["1 of 1 hosts in the batch failed; max_fail_percentage is 0"]);
  });

  it("that cannot be written stops everything, loudly", async () => {
    const journal = memoryJournal((entry) => entry.kind === "outcome");
    const { kinds, because, events } = await roll(play("  serial: 1"), { options: () => ({ journal }) });
    expect(kinds).toBe("changed not_attempted not_attempted not_attempted");
    expect(because("b")).toBe("the journal cannot be written (no space left on the disk): nothing more is sent");
    expect(told(events, "stopped")).toEqual(["stopped"]);
    expect(() => fleet.read("b", path)).toThrow("ENOENT");
  });

  it("that cannot be written before the first batch lets nothing begin", async () => {
    const journal = memoryJournal(({ kind }) => kind === "batch");
    const { kinds } = await roll(play("  serial: 1"), { options: () => ({ journal }) });
    expect(kinds).toBe("not_attempted not_attempted not_attempted not_attempted");
  });
});

describe("what stops a walk", () => {
  it("is one failure in the first of several batches, whatever max_fail_percentage allows", async () => {
    const { kinds, because } = await roll(play("  serial: 2\n  max_fail_percentage: 100"), {
      faults: { ...well, a: ["unreachable"] },
    });
    expect(kinds).toBe("unreachable changed not_attempted not_attempted");
    expect(because("c")).toBe(
      "1 of 2 hosts in the batch failed, and it is the first: nothing follows a canary that fails",
    );
  });

  it("is max_fail over all batches", async () => {
    const faults = { ...well, b: ["unreachable"], c: ["unreachable"] } as const;
    const rule = "  serial: 1\n  max_fail_percentage: 100\n  max_fail";
    expect((await roll(play(`${rule}: 1`), { faults })).because("d")).toBe(
      "2 of 4 hosts in the run failed; max_fail is 1",
    );
    fleet.remove();
    expect((await roll(play(`${rule}: 50%`), { faults })).kinds).toBe("changed unreachable unreachable changed");
  });

  it("is any failure with any_errors_fatal, for the hosts of its own batch, too", async () => {
    const { kinds } = await roll(play("  any_errors_fatal: true\n  max_fail_percentage: 100"), {
      faults: { ...well, b: ["unreachable"] },
    });
    expect(kinds).toBe("not_attempted unreachable not_attempted not_attempted");
  });
});

describe("which hosts go together", () => {
  it("is decided by order, and a shuffled one is told with its seed", async () => {
    const { entries, events } = await roll(play("  serial: 2\n  order: reverse_sorted"));
    expect(batchesOf(entries)).toEqual(["d c", "b a"]);
    expect(told(events, "shuffled")).toEqual([]);
    fleet.remove();
    const shuffled = await roll(play("  serial: 2\n  order: shuffle"), { options: () => ({ seed: 7 }) });
    expect(shuffled.events).toContainEqual({ kind: "shuffled", play: "test", seed: 7 });
    fleet.remove();
    const again = await roll(play("  serial: 2\n  order: shuffle"), { options: () => ({ seed: 7 }) });
    expect(batchesOf(again.entries)).toEqual(batchesOf(shuffled.entries));
  });

  it("is never hosts that share a value of a variable", async () => {
    const vars = { a: { rack: 1 }, b: { rack: 1 }, c: { rack: 2 }, d: { rack: 2 } };
    const { entries } = await roll(play("  serial: 3\n  never_together: [rack]"), { vars });
    expect(batchesOf(entries)).toEqual(["a c", "b d"]);
  });
});

describe("before a batch", () => {
  const windowed = '  serial: 2\n  window: { days: [mon], from: "10:00", to: "11:00", zone: Europe/Berlin }';

  it("a closed window stops the walk, and says until when", async () => {
    const { kinds, because, entries } = await roll(play(windowed));
    expect(kinds).toBe("not_attempted not_attempted not_attempted not_attempted");
    expect(because("a")).toBe("the window is closed until Mon 2026-11-30 10:00 (Europe/Berlin)");
    expect(batchesOf(entries)).toEqual([]);
  });

  it("a window that closes meanwhile lets the batch that has begun end, and nothing after it", async () => {
    let now = Date.parse("2026-11-23T09:59:00Z");
    const { kinds } = await roll(play(windowed), {
      effects: { wallClock: () => now },
      on: ({ kind }) => {
        if (kind === "batch") now += 60_000;
      },
    });
    expect(kinds).toBe("changed changed not_attempted not_attempted");
  });

  it("hosts with nothing to do wait for nothing", async () => {
    const { kinds, events } = await roll(
      "- hosts: all\n  serial: 1\n  pause: 30s\n  window: { days: tue, zone: UTC }\n",
    );
    expect(kinds).toBe("compliant compliant compliant compliant");
    expect(told(events, "pause", "stopped")).toEqual([]);
  });

  it("there is a pause, but not before the first", async () => {
    const { events } = await roll(play("  serial: 2\n  pause: 30s"));
    expect(told(events, "batch", "pause")).toEqual(["batch", "pause", "batch"]);
    expect(events).toContainEqual({ kind: "pause", wait: 30_000 });
  });

  it("a stop in the pause starts nothing more", async () => {
    const stop = new AbortController();
    const { kinds, entries } = await roll(play("  serial: 2\n  pause: 30s"), {
      stop,
      on: ({ kind }) => {
        if (kind === "pause") stop.abort();
      },
    });
    expect(kinds).toBe("changed changed not_attempted not_attempted");
    expect(stopsIn(entries)).toEqual(["a stop was asked for"]);
  });

  it("a person may say no, or yes to all that follow", async () => {
    const asked: string[] = [];
    const answering = (...answers: readonly ("yes" | "no" | "rest")[]): Rolling => ({
      options: () => ({
        ask: ({ number, of, hosts, ended }) => {
          asked.push(`${number} of ${of}: ${hosts.join(" ")} after ${ended.map(({ name }) => name).join(" ")}`);
          return Promise.resolve(answers[asked.length - 1] ?? "no");
        },
      }),
    });
    expect((await roll(play("  serial: 1"), answering("yes", "no"))).kinds).toBe(
      "changed not_attempted not_attempted not_attempted",
    );
    expect(asked).toEqual(["1 of 4: a after ", "2 of 4: b after a"]);
    fleet.remove();
    asked.length = 0;
    expect((await roll(play("  serial: 1"), answering("yes", "rest"))).kinds).toBe("changed changed changed changed");
    expect(asked).toHaveLength(2);
  });
});

describe("gates", () => {
  const gated = (gate: string) => play(`  serial: 2\n  gates:\n    - ${gate}`);

  it("are closed where nothing answers; the batch before them is done", async () => {
    const { kinds, because, events } = await roll(gated('{ name: status, http: "http://127.0.0.1:1/" }'));
    expect(kinds).toBe("changed changed not_attempted not_attempted");
    expect(because("c")).toBe("gate status is closed: no answer");
    // every 15 s for 5 minutes, and once more at the end
    expect(told(events, "batch", "gate")).toEqual(["batch", ...Array<string>(21).fill("gate")]);
  });

  it("are asked with what the play says, and let the next batch begin where they are open", async () => {
    const asked: string[] = [];
    const httpGet: Effects["httpGet"] = ({ url }) => {
      asked.push(url);
      return Promise.resolve({ kind: "answered", status: 204, body: "" });
    };
    const runLocal: Effects["runLocal"] = ({ argv }) => {
      asked.push(argv.join(" "));
      return Promise.resolve({ kind: "exited", status: 0, output: "" });
    };
    const gates = '{ http: { url: "http://x/", status: 204 } }\n    - { command: [check, "a b"] }';
    expect((await roll(gated(gates), { effects: { httpGet, runLocal } })).kinds).toBe(
      "changed changed changed changed",
    );
    expect(asked).toEqual(["http://x/", "check a b"]);
  });

  it("that run a program say what it said last", async () => {
    const runLocal: Effects["runLocal"] = () =>
      Promise.resolve({ kind: "exited", status: 2, output: "looking\n3 alerts\n" });
    const { because } = await roll(gated("{ name: alerts, command: [check] }"), { effects: { runLocal } });
    expect(because("c")).toBe("gate alerts is closed: it ended with 2: 3 alerts");
  });

  it("over facts read the hosts that were changed, and them alone", async () => {
    const { kinds, because } = await roll(gated('{ name: well, within: 0s, that: ["facts.conntrack.max == 1"] }'));
    expect(kinds).toBe("changed changed not_attempted not_attempted");
    expect(because("c")).toBe("gate well is closed: a: facts.conntrack.max == 1 does not hold");
    fleet.remove();
    const open = await roll(
      gated("{ name: well, within: 0s, that: [\"facts.conntrack.max > 0 && host.name in ['a', 'b']\"] }"),
    );
    expect(open.kinds).toBe("changed changed changed changed");
  });

  it("see drops since the change", async () => {
    const drops = (count: number) =>
      `entries  drop early_drop\n00000001  ${count.toString(16).padStart(8, "0")} 00000000\n`;
    const write = (count: number) => {
      for (const host of ["a", "b"]) fleet.write(host, "proc/net/stat/nf_conntrack", drops(count));
    };
    const gate = gated('{ name: drops, within: 0s, that: ["since.drops < 5"] }');
    const dropping = (to: number): Rolling => ({
      before: () => write(100),
      on: (event) => {
        if (event.kind === "applied" && event.report.name === "b") write(to);
      },
    });
    expect((await roll(gate, dropping(104))).kinds).toBe("changed changed changed changed");
    fleet.remove();
    expect((await roll(gate, dropping(105))).because("c")).toBe(
      "gate drops is closed: a: since.drops < 5 does not hold",
    );
    fleet.remove();
    expect((await roll(gate, dropping(99))).because("c")).toBe(
      "gate drops is closed: a: since.drops < 5 is unknown: its counter of drops began anew since its change",
    );
  });

  it("are closed where a changed host cannot be read any more", async () => {
    const faults = { ...well, a: ["none", "none", "none", "lost_before"] } as const;
    const { because } = await roll(gated('{ name: well, within: 0s, that: ["facts.conntrack.max > 0"] }'), { faults });
    expect(because("c")).toBe("gate well is closed: a: it could not be read (connection_lost)");
  });
});

describe("a run that goes on", () => {
  const before = async (text: string) => {
    const { entries } = await roll(text);
    fleet.remove();
    const ends = entries.flatMap((entry) => (entry.kind === "outcome" ? [entry] : []));
    return (...names: readonly string[]): Partial<ApplyOptions> => ({
      resumed: new Map(
        ends
          .filter(({ report: { name } }) => names.includes(name))
          .map(({ report, play: at, seen }) => [report.name, { kind: "ended", report, play: at, seen }]),
      ),
    });
  };

  it("leaves alone what had ended, counts it, and cuts the same batches", async () => {
    const text = play("  serial: 2");
    const known = await before(text);
    const { kinds, entries } = await roll(text, { options: () => known("a", "b", "c") });
    expect(kinds).toBe("changed changed changed changed");
    expect(Object.fromEntries(fleet.connections)).toEqual({ d: 1 });
    expect(batchesOf(entries)).toEqual(["a b", "c d"]);
    expect(endsIn(entries)).toEqual(["d changed"]);
  });

  it("goes through the gates before its first batch", async () => {
    const text = play('  serial: 2\n  gates: [{ name: status, http: "http://x/" }]');
    const known = await before(play("  serial: 2"));
    expect((await roll(text, { options: () => known("a", "b") })).kinds).toBe(
      "changed changed not_attempted not_attempted",
    );
  });

  it("counts a host that had failed in the batch in which it failed", async () => {
    const text = play("  serial: 1\n  max_fail_percentage: 100\n  max_fail: 0");
    const failed = {
      name: "a" as HostName,
      outcome: {
        kind: "failed",
        failure: { code: "verify_false", detail: "", sent: true },
        actions: [],
      },
      findings: [],
    } as const;
    const { kinds, because } = await roll(text, {
      options: () => ({
        resumed: new Map([[failed.name, { kind: "ended", report: failed, play: 0, seen: undefined }]]),
      }),
    });
    expect(kinds).toBe("failed not_attempted not_attempted not_attempted");
    expect(because("b")).toContain("nothing follows a canary that fails");
  });

  const underWay: Extract<Resumed, { kind: "open" }> = {
    kind: "open",
    changed: [{ kind: "set", task: "t", key: "net.netfilter.nf_conntrack_max" as SysctlKey, from: "1", to: "2" }],
    rebooted: false,
    token: undefined,
    play: undefined,
    owed: [0],
  };

  it("has nothing follow a canary whose before failed, though that one is not attempted", async () => {
    const text = play("  serial: [1, 3]\n  max_fail_percentage: 100\n  before: [{ name: drain, local: [drain] }]");
    const effects = { runLocal: () => Promise.resolve({ kind: "exited", status: 3, output: "" } as const) };
    const { kinds, because } = await roll(text, { effects });
    expect(kinds).toBe("not_attempted not_attempted not_attempted not_attempted");
    expect([because("a"), because("b")]).toEqual([
      expect.stringContaining("before_failed"),
      expect.stringContaining("nothing follows a canary that fails"),
    ]);
  });

  it("sees to hosts that were under way, though the window is closed", async () => {
    const text = play('  window: { days: [tue], from: "10:00", to: "11:00", zone: UTC }');
    const { outcomes } = await roll(text, {
      options: () => ({
        resumed: new Map([["b" as HostName, underWay]]),
      }),
    });
    expect([outcomes.a?.kind, outcomes.b?.kind]).toEqual(["not_attempted", "changed"]);
  });

  it("has them wait like all others for the play after the one that they were in", async () => {
    const next = play('  gates: [{ name: status, http: "http://x/" }]', "etc/sysctl.d/80-x.conf");
    const { kinds, because } = await roll(play("") + next, {
      options: () => ({ resumed: new Map([["b" as HostName, underWay]]) }),
    });
    expect(kinds).toBe("not_attempted not_attempted not_attempted not_attempted");
    expect(because("b")).toContain("gate status is closed");
    expect(() => fleet.read("b", "etc/sysctl.d/80-x.conf")).toThrow("ENOENT");
  });

  it("has one wait, too, that had refused, and was not touched", async () => {
    const text = play('  window: { days: [tue], from: "10:00", to: "11:00", zone: UTC }');
    const refused: Resumed = { ...underWay, changed: [] };
    const { outcomes } = await roll(text, { options: () => ({ resumed: new Map([["b" as HostName, refused]]) }) });
    expect(outcomes.b?.kind).toBe("not_attempted");
  });

  it("is at its first batch where all that ended are stale hosts of a saved plan: no gate is before it", async () => {
    const text = play('  gates: [{ name: status, http: "http://x/" }]');
    const report = {
      name: "a" as HostName,
      outcome: { kind: "not_attempted", because: "stale", actions: [] },
    } as const;
    const stale: Resumed = { kind: "ended", report: { ...report, findings: [] }, play: 0, seen: undefined };
    const { kinds } = await roll(text, { options: () => ({ resumed: new Map([["a" as HostName, stale]]) }) });
    expect(kinds).toBe("not_attempted changed changed changed");
  });
});
