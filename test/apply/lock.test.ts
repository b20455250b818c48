import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { buildReboot } from "../../src/apply/build-reboot.ts";
import { buildUnlock } from "../../src/apply/build-unlock.ts";
import { failureOf } from "../../src/apply/failure-of.ts";
import { lockSeconds } from "../../src/apply/lock-calls.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
import { parseReboot } from "../../src/apply/parse-reboot.ts";
import { parseUnlock } from "../../src/apply/parse-unlock.ts";
import type { BootId, RunId } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { apply, maxFile, maxKey, privateRoot, set } from "./private-root.ts";

const store = "/var/lib/ctfleet";
const lock = `${store}/lock`;
const boot = "3f1c7c1e-8a52-4c0b-9d1e-0a1b2c3d4e5f";
const otherBoot = "aaaaaaaa-8a52-4c0b-9d1e-0a1b2c3d4e5f";
const other = host.run(9);

/** A host with a kernel's boot id, 5000 seconds after its boot. */
const bootedRoot = (files: Readonly<Record<string, string>> = {}) =>
  privateRoot({
    "/proc/sys/kernel/random/boot_id": `${boot}\n`,
    "/proc/uptime": "5000.25 9000.00\n",
    [maxFile]: "65536\n",
    ...files,
  });

const grow = [set(maxKey, "262144", "65536")] as const;
const unchanged = "65536\n";
const changed = "262144\n";

describe.each(host.shells)("a host under $name", ({ command: shell }) => {
  it("is locked while a run works on it, and free after", async () => {
    const { root, ...files } = bootedRoot();
    // What the script finds in the middle of its work.
    const edit = (script: string): string =>
      script.replace("\nchange_services\n", `\ncp "$root${lock}" "$root/seen"\nchange_services\n`);
    const { result } = await apply({ root, shell, actions: grow, owner: "ann@bastion", edit });
    expect([result.kind, files.read(maxFile)]).toEqual(["applied", changed]);
    expect(files.read("/seen")).toBe(`${host.run()} ${boot} 5000 300 ann@bastion\n`);
    expect(files.list(store)).toEqual([host.run(), "last"]);
  });

  it("is left alone where another run holds it, which is named", async () => {
    const line = `${other} ${boot} 4900 300 bob@other host\n`;
    const { root, ...files } = bootedRoot({ [lock]: line });
    const before = files.tree();
    const { result } = await apply({ root, shell, actions: grow });
    expect(result).toEqual({ kind: "locked", by: `bob@other host (run ${other}, for 200 s more)` });
    expect(failureOf(result)).toMatchObject({ code: "locked", sent: false });
    expect([files.tree(), files.read(maxFile)]).toEqual([before, unchanged]);
  });

  it.each([
    ["of an earlier boot", `${other} ${otherBoot} 4990 300 bob@host\n`],
    ["whose time is over", `${other} ${boot} 4000 300 bob@host\n`],
    ["of the same run", `${host.run()} ${boot} 4990 300 bob@host\n`],
    ["that was lost in a power cut", ""],
    ["that no script of ours has written", "what is this\n"],
  ])("takes over a lock %s", async (_, line) => {
    const { root, ...files } = bootedRoot({ [lock]: line });
    const { result } = await apply({ root, shell, actions: grow });
    expect([result.kind, files.read(maxFile)]).toEqual(["applied", changed]);
    expect(files.list(store)).toEqual([host.run(), "last"]);
  });

  it("is free again after a refusal, and has nothing of ours", async () => {
    const { root, ...files } = bootedRoot({ [maxFile]: "77\n" });
    const { result } = await apply({ root, shell, actions: grow });
    expect([result.kind, files.list("/var/lib")]).toEqual(["stale", []]);
  });

  it("stays locked where a reboot is to follow", async () => {
    const { root, ...files } = bootedRoot();
    await apply({ root, shell, actions: grow, owner: "ann@bastion", holds: 600 });
    expect(files.read(lock)).toBe(`${host.run()} ${boot} 5000 960 ann@bastion\n`);
    const again = await apply({ root, shell, actions: [set(maxKey, "300000", "262144")], run: other });
    expect(again.result.kind).toBe("locked");
  });

  it("is had by exactly one of many that come at once", { timeout: 60_000 }, async () => {
    for (const line of [undefined, `${other} ${otherBoot} 10 300 bob@host\n`]) {
      const { root, ...files } = bootedRoot(line === undefined ? {} : { [lock]: line });
      const runs = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => host.run(number));
      const all = await Promise.all(
        runs.map((run) => apply({ root, shell, actions: grow, run, holds: 600 }).then(({ result }) => result.kind)),
      );
      expect(all.filter((kind) => kind !== "locked")).toEqual(["applied"]);
      expect(files.read(lock)).toMatch(new RegExp(`^${runs[all.indexOf("applied")]} ${boot} `));
      expect(files.list(store).filter((name) => name.startsWith("lock"))).toEqual(["lock"]);
    }
  });

  it("is not taken over by two who have both seen the same dead lock", async () => {
    const { root, ...files } = bootedRoot({ [lock]: `${other} ${boot} 10 300 bob@host\n` });
    const fresh = `${host.run(5)} ${boot} 4999 300 eve@host`;
    // Another is faster, after this one has judged the lock and before it has replaced it.
    const edit = (script: string): string =>
      script.replace("\nreplace_lock() {", `\nreplace_lock() {\necho '${fresh}' >"$lock"`);
    const { result } = await apply({ root, shell, actions: grow, edit });
    expect(result).toMatchObject({ kind: "locked", by: expect.stringContaining("eve@host") as string });
    expect([files.read(lock), files.list(store)]).toEqual([`${fresh}\n`, ["lock"]]);
  });

  it("keeps the lock of whoever has taken ours over meanwhile", async () => {
    const { root, ...files } = bootedRoot();
    const theirs = `${host.run(5)} ${boot} 4999 300 eve@host`;
    const edit = (script: string): string =>
      script.replace("\nrelease_lock() {", `\nrelease_lock() {\necho '${theirs}' >"$lock"`);
    await apply({ root, shell, actions: grow, edit });
    expect(files.read(lock)).toBe(`${theirs}\n`);
  });
});

describe("a host that is held without a lock", () => {
  it.each([
    ["a change that waits there", "pending", `${other} 1 ${boot} 4990 120 - token\n`, "waits for its confirmation"],
    ["one of the boot before, just now", "pending", `${other} 1 ${otherBoot} 9 120 60 token\n`, "waits for its"],
  ])("is left alone: %s", async (_, name, line, words) => {
    const early = name === "pending" && line.includes(otherBoot) ? { "/proc/uptime": "20.00 5.00\n" } : {};
    const { root, ...files } = bootedRoot({ [`${store}/${name}`]: line, ...early });
    const { result } = await apply({ root, actions: grow });
    expect(result).toMatchObject({ kind: "locked", by: expect.stringContaining(words) as string });
    expect([files.read(maxFile), files.list(store)]).toEqual([unchanged, [name]]);
  });

  it("is left alone while a change is being put back, by a process that lives", async () => {
    const stat = "77 (sh) S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 1\n";
    const { root, ...files } = bootedRoot({
      [`${store}/reverting`]: `${other} 1 ${boot} 4000 120 - token\n`,
      [`${store}/${other}/1/reverter`]: "77 4242\n",
      "/proc/77/stat": stat,
    });
    expect((await apply({ root, actions: grow })).result).toMatchObject({ kind: "locked" });
    files.put("/proc/77/stat", stat.replace("4242", "5000"));
    expect((await apply({ root, actions: grow })).result).toMatchObject({ kind: "applied" });
  });

  it("is not held by a change whose timer is dead", async () => {
    const { root } = bootedRoot({ [`${store}/pending`]: `${other} 1 ${boot} 4000 120 - token\n` });
    expect((await apply({ root, actions: grow })).result.kind).toBe("applied");
  });

  it("is not touched by a run while an earlier script of it is at work", async () => {
    const { root, ...files } = bootedRoot({
      [`${store}/${host.run()}/working`]: "77 4242\n",
      "/proc/77/stat": "77 (sh) S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 1\n",
    });
    const edit = (script: string): string => script.replace("turns=200", "turns=2");
    const { result } = await apply({ root, actions: grow, edit });
    expect(result).toMatchObject({ kind: "locked", by: expect.stringContaining("process 77") as string });
    expect([files.read(maxFile), files.list(store)]).toEqual([unchanged, [host.run()]]);
  });
});

describe("a lock that cannot be written", () => {
  it("lets nothing be changed", async () => {
    const { root, ...files } = bootedRoot();
    const before = 'mount -t tmpfs -o ro none "$root/var/lib"';
    const { result } = await apply({ root, actions: grow, inside: { before } });
    expect(result).toMatchObject({ kind: "failed", backup: { kind: "failed" } });
    expect(files.read(maxFile)).toBe(unchanged);
  });

  it("is not made in a folder that is no host", async () => {
    const { root, ...files } = privateRoot({ [maxFile]: "65536\n", [lock]: `${other} ${boot} 4900 300 bob@host\n` });
    expect((await apply({ root, actions: grow })).result.kind).toBe("applied");
    expect(files.read(lock)).toContain("bob@host");
  });
});

describe.each(host.shells)("a lock that is broken under $name", ({ command: shell }) => {
  const unlock = async (root: string, run: RunId) => {
    const script = buildUnlock({ nonce: host.nonce, run, root });
    return parseUnlock(await host.output(host.feed(shell, script)), host.nonce);
  };

  it("goes if it is that of the run that was named, and no other does", async () => {
    const line = `${other} ${boot} 4900 300 bob@host\n`;
    const { root, ...files } = bootedRoot({ [lock]: line });
    expect(await unlock(root, host.run())).toEqual({ kind: "other", by: line.trimEnd() });
    expect(files.read(lock)).toBe(line);
    expect(await unlock(root, other)).toEqual({ kind: "broken" });
    expect(files.list("/var/lib")).toEqual([]);
    expect(await unlock(root, other)).toEqual({ kind: "nothing" });
  });

  it("takes with it the guard that a dead script has left", async () => {
    const { root, ...files } = bootedRoot({
      [lock]: `${other} ${boot} 10 300 bob@host\n`,
      [`${store}/lock.${boot}.guard`]: `${other} ${boot} 10 300 bob@host\n`,
    });
    const hurry = (script: string): string => script.replace("turns=50", "turns=1");
    const { result } = await apply({ root, shell, actions: grow, edit: hurry });
    expect(result).toMatchObject({ kind: "locked", by: expect.stringContaining("takes it over") as string });
    const script = hurry(buildUnlock({ nonce: host.nonce, run: other, root }).replaceAll("turns=50", "turns=1"));
    expect(parseUnlock(await host.output(host.feed(shell, script)), host.nonce)).toEqual({ kind: "broken" });
    expect(files.list("/var/lib")).toEqual([]);
  });
});

it("a lock is not written into by a shell of the number that a dead one had", async () => {
  const { root, ...files } = bootedRoot({ [lock]: `${other} ${boot} 10 300 bob@host\n` });
  // What the dead one has left is another name of the lock.
  const edit = (script: string): string =>
    script.replace("\nwrite_temp() {", `\nwrite_temp() {\nln -f "$lock" "$temp"; ln -f "$lock" "$root/same"`);
  expect((await apply({ root, actions: grow, edit })).result.kind).toBe("applied");
  expect(files.read("/same")).toContain("bob@host");
});

it("a host is not rebooted by one run while another one holds it", async () => {
  const { root, ...files } = bootedRoot({ [lock]: `${other} ${boot} 4900 300 bob@host\n` });
  const script = buildReboot({ nonce: host.nonce, run: host.run(), root, from: boot as BootId });
  const result = parseReboot(await host.output(host.feed(["dash", "-s"], script)), host.nonce);
  expect(result).toMatchObject({
    kind: "refused",
    reasons: [{ because: "locked", detail: expect.stringContaining("bob@host") as string }],
  });
  expect(files.list(store)).toEqual(["lock"]);
});

it("a lock lasts as long as the script, the confirmation and the reboot may take", () => {
  const actions = grow;
  expect(lockSeconds({ actions })).toBe(300);
  expect(lockSeconds({ actions, confirm: { seconds: 120 } })).toBe(480);
  expect(lockSeconds({ actions, confirm: { seconds: 120 }, holds: 600 })).toBe(1140);
  const run = { kind: "run", task: "t", argv: ["x"], undo: undefined, within: 30_500, when: "after_files" } as const;
  expect(lockSeconds({ actions: [run] })).toBe(331);
});

it("an owner is one line of text", () => {
  const request = { nonce: host.nonce, run: host.run(), root: "", actions: grow };
  for (const owner of ["", "a\nb", "a\u0000b", "\u001b[31m", "x".repeat(201)])
    expect(() => buildApply({ ...request, owner })).toThrow("not an owner");
});

it("what is no answer of the script is garbled", () => {
  const answer = (...frames: readonly string[]) =>
    new TextEncoder().encode([...frames, "end"].map((one) => `@${host.nonce} ${one} 0\n\n`).join(""));
  expect(parseUnlock(answer("unlock"), host.nonce).kind).toBe("garbled");
  expect(parseUnlock(answer(), host.nonce).kind).toBe("garbled");
  expect(parseUnlock(answer("locked"), host.nonce).kind).toBe("garbled");
  const twice = new TextEncoder().encode(
    `@${host.nonce} locked 3\nbob\n@${host.nonce} locked 3\neve\n@${host.nonce} end 0\n\n`,
  );
  expect(parseApply(twice, { nonce: host.nonce, actions: grow }).kind).toBe("garbled");
});
