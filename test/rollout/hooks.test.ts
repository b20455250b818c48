import { afterEach, describe, expect, it } from "vitest";
import { memoryJournal } from "../support/apply-options.ts";
import { confirmingHost, type Trouble, theRun } from "../support/confirming-host.ts";
import { compiledPlays } from "../support/play.ts";

const generic = "proc/sys/net/netfilter/nf_conntrack_generic_timeout";

const plays = (hooks: string, verify = "") =>
  compiledPlays({
    file: "hooks.yaml",
    text: `
- hosts: all
${hooks}
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /etc/sysctl.d/90-ct.conf, mode: "0644" }
    - activate: { with: live }
${verify}
`,
  });

const drained = plays(`
  before: [{ name: drain, local: [lb, drain, "{{host.name}}"], within: 20s }]
  after: [{ name: undrain, local: [lb, undrain, "{{host.name}}"] }]
`);

let host: ReturnType<typeof confirmingHost>;
afterEach(() => host.remove());

const start = (...troubles: readonly Trouble[]) => {
  host = confirmingHost(troubles);
  return host;
};
const called = (): readonly string[] => host.local.map(({ argv }) => argv.join(" "));
const refuse = (word: string): void => {
  host.answer.local = ({ argv }) => ({ kind: "exited", status: argv.includes(word) ? 3 : 0, output: "no such pool\n" });
};

describe("what comes before and after a host's change", () => {
  it("is run for it with its words, its deadline, and who it is about", async () => {
    expect((await start().apply(drained)).kind).toBe("changed");
    expect(called()).toEqual(["lb drain web1", "lb undrain web1"]);
    expect(host.local[0]).toMatchObject({
      within: 20_000,
      env: { CTFLEET_HOST: "web1", CTFLEET_RUN: theRun, CTFLEET_WHEN: "before" },
    });
    expect(host.local[1]?.env).toMatchObject({ CTFLEET_WHEN: "after", CTFLEET_OUTCOME: "changed" });
  });

  it("has its intent and its result in the journal", async () => {
    await start().apply(drained);
    const told = host.journal.entries.flatMap((one) => ("stage" in one ? [`${one.kind} ${one.stage}`] : []));
    expect(told.slice(0, 3)).toEqual(["intent before", "result before", "intent apply"]);
    expect(told.slice(-2)).toEqual(["intent after", "result after"]);
  });

  it("is not run for a host that has nothing to do", async () => {
    await start().apply(drained);
    host.local.length = 0;
    expect((await host.apply(drained)).kind).toBe("compliant");
    expect(called()).toEqual([]);
  });
});

describe("before", () => {
  it("that fails leaves the host as it is: not attempted, with its words, and after runs", async () => {
    start();
    refuse("drain");
    expect(await host.apply(drained)).toMatchObject({
      kind: "not_attempted",
      because: expect.stringMatching(/before_failed.*drain.*exit status 3: no such pool/) as string,
    });
    expect(called()).toEqual(["lb drain web1", "lb undrain web1"]);
    expect(host.stages()).toBe("gather");
  });

  it("that cannot be written down is not run, and nothing after it", async () => {
    start();
    const journal = memoryJournal(({ kind }) => kind === "intent");
    expect(await host.apply(drained, { journal })).toMatchObject({
      kind: "failed",
      failure: { code: "journal_failed" },
    });
    expect(called()).toEqual([]);
  });
});

describe("after", () => {
  it("that fails makes a host that did well failed, and names it; its change is confirmed and stays", async () => {
    start();
    refuse("undrain");
    expect(await host.apply(drained)).toMatchObject({
      kind: "failed",
      failure: { code: "after_failed", detail: expect.stringContaining("after undrain: exit status 3") as string },
    });
    expect([host.read(generic).trim(), host.has("var/lib/ctfleet/pending")]).toEqual(["120", false]);
  });

  it("that fails tells its last 1,000 characters, not all that it said", async () => {
    start();
    host.answer.local = ({ argv }) => ({
      ...{ kind: "exited", status: argv.includes("undrain") ? 3 : 0 },
      output: `${"x".repeat(40_000)}no such pool\n`,
    });
    const outcome = await host.apply(drained);
    if (outcome.kind !== "failed") throw new Error(outcome.kind);
    const said = outcome.failure.detail.replace(/^after undrain: exit status 3: /, "");
    expect([said.length, said.endsWith("xno such pool")]).toEqual([1000, true]);
  });

  it("that fails after a failure that no run goes on with is to be run by hand", async () => {
    start();
    refuse("undrain");
    const verified = plays(
      "  after: [{ name: undrain, local: [undrain] }]",
      '    - verify: ["facts.conntrack.count == 1"]',
    );
    expect(await host.apply(verified)).toMatchObject({
      kind: "failed",
      failure: { code: "verify_false", detail: expect.stringMatching(/then after_failed: .*run it by hand/) as string },
    });
  });

  it("that fails is told beside what failed before it", async () => {
    start({ stage: "apply", contact: "lost_before" });
    refuse("undrain");
    expect(await host.apply(drained)).toMatchObject({
      kind: "unknown",
      failure: { code: "connection_lost", detail: expect.stringContaining("after undrain") as string },
    });
  });

  it.each<[string, Trouble]>([
    ["contact was lost", { stage: "apply", contact: "lost_before" }],
    ["the host never came back", { stage: "apply", contact: "lost_after", away: Number.POSITIVE_INFINITY }],
    ["ctfleet had a defect", { stage: "apply", throws: true }],
  ])("runs where %s", async (_, trouble) => {
    expect((await start(trouble).apply(drained)).kind).toBe("unknown");
    expect(called().at(-1)).toBe("lb undrain web1");
    expect(host.local.at(-1)?.env).toMatchObject({ CTFLEET_OUTCOME: "unknown" });
  });
});

describe("on the host itself", () => {
  const there = (words: string) => plays(`  before: [{ name: drain, remote: ${words} }]`);

  it("is an exec of its own, whose words no shell reads", async () => {
    start();
    const file = `${host.root}/drained`;
    const play = there(JSON.stringify(["touch", `${file} $(id) ; x`]));
    expect((await host.apply(play)).kind).toBe("changed");
    expect(host.stages()).toBe("gather hook apply gather confirm");
    expect(host.has("drained $(id) ; x")).toBe(true);
  });

  it("that fails says its status and its last words", async () => {
    const play = there("[ls, /no/such/folder]");
    expect(await start().apply(play)).toMatchObject({
      kind: "not_attempted",
      because: expect.stringMatching(/exit status \d+: .*\/no\/such\/folder/) as string,
    });
  });

  it("that talks without end is cut, not failed", async () => {
    expect((await start().apply(there('[seq, "1", "300000"]'))).kind).toBe("changed");
  });

  it("that is lost may have run: it is not sent again", async () => {
    start({ stage: "hook", contact: "lost_after" });
    expect((await host.apply(there("['true']"))).kind).toBe("not_attempted");
    expect(host.stages()).toBe("gather hook");
  });
});
