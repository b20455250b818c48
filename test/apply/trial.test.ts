import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { failureOf } from "../../src/apply/failure-of.ts";
import type { Action } from "../../src/model/action.ts";
import type { RunId } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { apply, hashsizeFile, kinds, maxFile, maxKey, privateRoot, set, setHashsize } from "./private-root.ts";

const key = (name: string): string => `net.netfilter.nf_conntrack_${name}`;
const file = (name: string): string => `/proc/sys/net/netfilter/nf_conntrack_${name}`;
const store = "/var/lib/ctfleet";
const own = `${store}/${host.run()}`;
const boot = "11111111-2222-4333-8444-555555555555";
const end = (run: RunId): Action => ({ kind: "end_trial", task: "keep", run });

/** A host with systemd: its timer is noted, and the test plays it. */
const trialHost = (more: Readonly<Record<string, string>> = {}) => {
  const found = privateRoot({
    [maxFile]: "65536\n",
    [hashsizeFile]: "16384\n",
    [file("count")]: "100\n",
    [file("generic_timeout")]: "600\n",
    "/proc/sys/kernel/random/boot_id": `${boot}\n`,
    "/proc/uptime": "5000.10 1.00\n",
    "/run/systemd/system/x": "",
    "/asked": "",
    ...more,
  });
  for (const name of ["systemd-run", "systemctl"])
    found.put(`/bin/${name}`, `#!/bin/sh\necho ${name} "$*" >>"$root/asked"\n[ ! -e "$root/no-${name}" ]\n`, 0o755);
  const path = `${found.root}/bin:${process.env["PATH"] ?? ""}`;
  const fire = async (): Promise<readonly string[]> => {
    await host.output(host.feed(["sh", `${found.root}${own}/trial.sh`], ""));
    return [found.read(maxFile), found.read(hashsizeFile), found.read(file("generic_timeout"))].map((text) =>
      text.trim(),
    );
  };
  return { ...found, path, fire };
};
const grow = [
  setHashsize(65536, 16384),
  set(maxKey, "262144", "65536"),
  set(key("generic_timeout"), "60", "600"),
] as const;

describe("a trial where there is systemd", () => {
  it("has a timer before the first value is set", async () => {
    const { root, path, ...files } = trialHost();
    const { result } = await apply({ root, path, actions: grow, trial: 172_800 });
    expect(result).toMatchObject({ kind: "applied", trial: "systemd" });
    expect(files.read("/asked")).toBe(
      `systemd-run --unit=ctfleet-trial-${host.run()} --on-active=172800 --timer-property=AccuracySec=1s /bin/sh ${root}${own}/trial.sh timer\n`,
    );
    expect(files.read(`${store}/trial`)).toBe(`${host.run()} ${boot} 5000 172800\n`);
    expect(await files.fire()).toEqual(["65536", "16384", "600"]);
    expect(files.list(store)).not.toContain("trial");
  });

  it("keeps max and hash size where the old max is below 1.25 times the entries of now", async () => {
    const { root, path, ...files } = trialHost();
    await apply({ root, path, actions: grow, trial: 60 });
    files.put(file("count"), "52429\n");
    expect(await files.fire()).toEqual(["262144", "65536", "600"]);
    expect(files.read(`${own}/trial-ended`)).toContain(`left ${maxKey} 262144: 52429 entries are tracked\n`);
    expect(files.read(`${own}/trial-ended`)).toContain("left hashsize 65536: 52429 entries are tracked\n");
  });

  it("puts max back at exactly 1.25 times, and keeps it where the count cannot be read", async () => {
    const [enough, mute] = [trialHost(), trialHost()];
    for (const one of [enough, mute]) await apply({ root: one.root, path: one.path, actions: grow, trial: 60 });
    enough.put(file("count"), "52428\n");
    mute.put(file("count"), "\n");
    expect([(await enough.fire())[0], (await mute.fire())[0]]).toEqual(["65536", "262144"]);
  });

  it("leaves alone what had the value before the trial", async () => {
    const { root, path, ...files } = trialHost({ [file("generic_timeout")]: "60\n" });
    const { result } = await apply({ root, path, actions: grow, trial: 60 });
    expect(kinds(result)).toEqual(["done", "done", "already"]);
    expect(await files.fire()).toEqual(["65536", "16384", "60"]);
  });

  it("does nothing at its end in another boot", async () => {
    const { root, path, ...files } = trialHost();
    await apply({ root, path, actions: grow, trial: 60 });
    files.put("/proc/sys/kernel/random/boot_id", `${boot.replace("1", "2")}\n`);
    expect(await files.fire()).toEqual(["262144", "65536", "60"]);
  });

  it("sets nothing where nothing would wait", async () => {
    const { root, path, ...files } = trialHost({ "/no-systemd-run": "" });
    files.put("/bin/setsid", "#!/bin/sh\nexit 1\n", 0o755);
    const { result } = await apply({ root, path, actions: grow, trial: 60 });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "trial_not_armed" }] });
    expect(failureOf(result)).toMatchObject({ code: "target_refused", sent: false });
    expect([files.read(maxFile), files.list("/var/lib")]).toEqual(["65536\n", []]);
  });
});

describe("one trial at a time", () => {
  const second = host.run(1);
  const again = [set(maxKey, "300000", "65536")] as const;
  const found = (line: string) => trialHost({ [`${store}/trial`]: line });

  it("refuses a second one with the first one's run, and changes nothing", async () => {
    const { root, path, ...files } = found(`${host.run()} ${boot} 4000 7200\n`);
    // The lock comes and goes.
    const rest = () => files.tree().filter((line) => !line.startsWith("var/lib/ctfleet "));
    const before = rest();
    const { result } = await apply({ root, path, run: second, actions: again, trial: 60 });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "trial_runs", detail: host.run() }] });
    expect(rest()).toEqual(before);
  });

  it.each([
    ["of an earlier boot", `${host.run()} ${boot.replace("1", "2")} 4000 7200\n`],
    ["whose end is long past", `${host.run()} ${boot} 4000 100\n`],
    ["that is no line of ours", "what is this\n"],
  ])("starts over one %s", async (_, line) => {
    const { root, path } = found(line);
    expect((await apply({ root, path, run: second, actions: again, trial: 60 })).result.kind).toBe("applied");
  });
});

describe("two trials that come at the same time", () => {
  const second = host.run(1);
  const again = [set(maxKey, "300000", "65536")] as const;
  /** Somebody writes the line after this run has looked for one, and before it writes its own. */
  const meanwhile = (line: string) => (script: string) =>
    script.replace("\narm_trial() {", `\narm_trial() {\necho '${line}' >"$store/trial"`);
  const first = `${host.run()} ${boot} 5000 7200`;

  it("are one: the later is refused with the other's run, whose line stays", async () => {
    const { root, path, ...files } = trialHost();
    const { result } = await apply({ root, path, run: second, actions: again, trial: 60, edit: meanwhile(first) });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "trial_runs", detail: host.run() }] });
    expect([files.read(maxFile), files.read(`${store}/trial`)]).toEqual(["65536\n", `${first}\n`]);
    expect([files.list(store), files.read("/asked")]).toEqual([["trial"], ""]);
  });

  it("are one where both find one that is over", async () => {
    const { root, path, ...files } = trialHost({ [`${store}/trial`]: `${host.run(2)} ${boot} 4000 100\n` });
    const edit = (script: string) =>
      script.replace("\nclear_over() {", `\nclear_over() {\necho '${first}' >"$store/trial"`);
    const { result } = await apply({ root, path, run: second, actions: again, trial: 60, edit });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "trial_runs", detail: host.run() }] });
    expect(files.read(`${store}/trial`)).toBe(`${first}\n`);
  });

  it("leave each other's line where one cannot be armed", async () => {
    const { root, path, ...files } = trialHost();
    const taken = `#!/bin/sh\necho '${first}' >"$root${store}/trial"; exit 1\n`;
    files.put("/bin/systemd-run", taken, 0o755);
    files.put("/bin/setsid", "#!/bin/sh\nexit 1\n", 0o755);
    const { result } = await apply({ root, path, run: second, actions: again, trial: 60 });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "trial_not_armed" }] });
    expect(files.read(`${store}/trial`)).toBe(`${first}\n`);
  });
});

describe("a trial that is kept", () => {
  it("stays as it is: its timer goes, and would do nothing any more", async () => {
    const { root, path, ...files } = trialHost();
    await apply({ root, path, actions: grow, trial: 60 });
    const { result } = await apply({ root, path, run: host.run(1), actions: [end(host.run())] });
    expect(kinds(result)).toEqual(["done"]);
    expect(files.read("/asked")).toContain(`systemctl stop ctfleet-trial-${host.run()}.timer\n`);
    expect(await files.fire()).toEqual(["262144", "65536", "60"]);
    const late = await apply({ root, path, run: host.run(2), actions: [end(host.run())] });
    expect(late.result).toMatchObject({ kind: "stale", stale: [{ found: { kind: "absent" } }] });
  });

  it("is not taken for another one", async () => {
    const { root, path } = trialHost({ [`${store}/trial`]: `${host.run()} ${boot} 4000 7200\n` });
    const { result } = await apply({ root, path, run: host.run(2), actions: [end(host.run(1))] });
    expect(result).toMatchObject({ kind: "stale", stale: [{ found: { kind: "value", text: host.run() } }] });
  });

  it("keeps its folder while it runs, however many runs come after it", async () => {
    const { root, path, ...files } = trialHost();
    await apply({ root, path, actions: grow, trial: 60 });
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const to = String(300_000 + number);
      const from = files.read(maxFile).trim();
      await apply({ root, path, run: host.run(number), actions: [set(maxKey, to, from)] });
    }
    expect(files.list(store)).toEqual(expect.arrayContaining([host.run(), host.run(6)]));
    expect(files.list(store)).not.toContain(host.run(1));
  });
});

it("takes no files, and no time that is none", () => {
  const request = { nonce: host.nonce, run: host.run(), root: "", actions: grow, owner: "root@controller" };
  const file = host.write("/etc/a", "x", { from: { kind: "absent" } });
  expect(() => buildApply({ ...request, actions: [file, ...grow], trial: 60 })).toThrow("nothing else");
  for (const trial of [0, -1, 1.5, Number.NaN, 1e9])
    expect(() => buildApply({ ...request, trial })).toThrow("no trial");
});
