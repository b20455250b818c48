import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildReboot } from "../../src/apply/build-reboot.ts";
import { parseReboot, rebootFailureOf } from "../../src/apply/parse-reboot.ts";
import type { BootId, RunId } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { privateRoot } from "./private-root.ts";

const boot = "11111111-2222-4333-8444-555555555555" as BootId;
const other = boot.replace("1", "2") as BootId;
const record = `/var/lib/ctfleet/${host.run()}/reboot`;
const systemd = { "/run/systemd/system/x": "" };

/** A host whose ways to reboot are noted in /asked, by which the test knows when one was taken. */
const rebootHost = (files: Readonly<Record<string, string>> = {}, programs = ["systemd-run", "shutdown", "sync"]) => {
  const found = privateRoot({ "/proc/sys/kernel/random/boot_id": `${boot}\n`, "/proc/1/comm": "init\n", ...files });
  for (const name of programs)
    found.put(`/bin/${name}`, `#!/bin/sh\necho ${name} "$*" >>"$root/asked"\n[ ! -e "$root/no-${name}" ]\n`, 0o755);
  return found;
};

type Ask = { readonly root: string; readonly shell?: readonly string[]; readonly from?: BootId; readonly run?: RunId };

const reboot = async ({ root, shell = ["dash", "-s"], from = boot, run = host.run() }: Ask) => {
  const script = buildReboot({ nonce: host.nonce, run, root, from });
  const child = host.feed(shell, script, { ...process.env, root, PATH: `${root}/bin:${process.env["PATH"] ?? ""}` });
  const status = new Promise((done) => child.once("exit", done));
  const result = parseReboot(await host.output(child), host.nonce);
  expect(await status).toBe(0);
  return result;
};

const untilAsked = async (root: string, words: string): Promise<void> => {
  const asked = (): boolean => readFileSync(`${root}/asked`, "utf8").includes(words);
  await expect.poll(asked, { timeout: 20_000 }).toBe(true);
};

describe.each(host.shells)("a reboot under $name", ({ command: shell }) => {
  it("is flushed, recorded, and left to a timer of systemd", async () => {
    const { root, ...files } = rebootHost(systemd);
    expect(await reboot({ root, shell })).toEqual({ kind: "triggered", by: "systemd" });
    const unit = `--unit=ctfleet-reboot-${host.run()}`;
    expect(files.read("/asked").split("\n")).toEqual([
      "sync ",
      `sync ${root}${record} ${root}/var/lib/ctfleet/${host.run()}`,
      `systemd-run ${unit} --on-active=1 --timer-property=AccuracySec=100ms systemctl reboot`,
      "",
    ]);
    expect([files.read(record), files.mode(record)]).toEqual([`${boot}\n`, 0o600]);
  });

  it("comes after the session where there is no systemd", async () => {
    const { root, ...files } = rebootHost();
    expect(await reboot({ root, shell })).toEqual({ kind: "triggered", by: "process" });
    expect(files.read("/asked")).not.toContain("shutdown");
    await untilAsked(root, "shutdown -r now");
  });

  it("is refused a second time in one run, on the host itself", async () => {
    const { root, ...files } = rebootHost(systemd);
    await reboot({ root, shell });
    files.put("/proc/sys/kernel/random/boot_id", `${other}\n`);
    const before = files.read("/asked");
    const reasons = [{ because: "rebooted_before", detail: boot }];
    expect(await reboot({ root, shell, from: other })).toEqual({ kind: "refused", reasons });
    expect(files.read("/asked")).toBe(before);
    expect(await reboot({ root, shell, from: other, run: host.run(1) })).toMatchObject({ kind: "triggered" });
  });

  it("is refused with every reason at once, and nothing is done", async () => {
    const inhibit = (mode: string): string =>
      `# This is private data. Do not parse.\nWHAT=sleep:shutdown\nMODE=${mode}\nUID=0\nPID=7\nWHO=backup\nWHY=nightly \\x22run\\x22\n`;
    const { root, ...files } = rebootHost({
      "/run/systemd/inhibit/1": inhibit("block"),
      "/run/systemd/inhibit/2": inhibit("delay"),
      "/run/systemd/inhibit/3": inhibit("block").replace("sleep:shutdown", "idle"),
      "/proc/70/comm": "dpkg\n",
      "/proc/71/comm": "dpkgd\n",
      "/var/lib/dpkg/updates/0001": "",
    });
    mkdirSync(`${root}/etc/systemd/system`, { recursive: true });
    symlinkSync("/dev/null", `${root}/etc/systemd/system/reboot.target`);
    const before = files.tree();
    const result = await reboot({ root, shell, from: other });
    expect(result.kind === "refused" && result.reasons.map(({ because, detail }) => `${because} ${detail}`)).toEqual([
      `other_boot ${boot}`,
      "inhibited backup: nightly \\x22run\\x22",
      "package_work dpkg",
      "package_work dpkg: interrupted",
      "masked /etc/systemd/system/reboot.target",
    ]);
    expect(rebootFailureOf(result)).toMatchObject({ code: "reboot_refused", sent: false });
    expect(files.tree()).toEqual(before);
  });
});

it("sees a package lock that somebody really holds, by the kernel's own list", async () => {
  const { root, ...files } = rebootHost({ "/var/lib/dpkg/lock-frontend": "" });
  symlinkSync("/proc/locks", `${root}/proc/locks`);
  expect(await reboot({ root })).toMatchObject({ kind: "triggered" });
  const holder = spawn("flock", [`${root}/var/lib/dpkg/lock-frontend`, "sh", "-c", "echo held; exec cat"]);
  onTestFinished(() => void holder.kill());
  await new Promise((held) => holder.stdout.once("data", held));
  expect(await reboot({ root, run: host.run(1) })).toEqual({
    kind: "refused",
    reasons: [{ because: "package_work", detail: "/var/lib/dpkg/lock-frontend" }],
  });
  expect(files.read("/asked")).not.toContain("systemd-run");
});

it("waits for no script of ours that is still at work, but for none that is dead", async () => {
  const { root, ...files } = rebootHost();
  const stat = (start: number): string => `4242 (sh (x) y) S 1 ${"0 ".repeat(17)}${start} 0 0\n`;
  const working = `/var/lib/ctfleet/${host.run(7)}/working`;
  files.put(working, "4242 777\n");
  files.put("/proc/4242/stat", stat(777));
  expect(await reboot({ root })).toEqual({ kind: "refused", reasons: [{ because: "apply_running", detail: "4242" }] });
  files.put("/proc/4242/stat", stat(778));
  expect(await reboot({ root })).toMatchObject({ kind: "triggered" });
});

it("knows an apply that is at work by what that wrote itself", async () => {
  const { root, ...files } = rebootHost({ [host.maxFile]: "1\n" });
  files.put(
    "/bin/mv",
    `#!/bin/sh\ncat "$root/var/lib/ctfleet/${host.run()}/working" >"$root/seen"\nexec /bin/mv "$@"\n`,
    0o755,
  );
  const actions = [host.write("/etc/a", "x\n", { from: { kind: "absent" } })] as const;
  const shell = ["sh", "-c", 'ln -sfn /proc/$$ "$root/proc/$$"; exec dash -s'];
  const { result } = await host.apply({ root, shell, actions, path: `${root}/bin:${process.env["PATH"] ?? ""}` });
  expect(result.kind).toBe("applied");
  expect(files.read("/seen")).toMatch(/^\d+ \d+\n$/);
  expect(files.list(`/var/lib/ctfleet/${host.run()}`)).toEqual(["1"]);
});

describe("parseReboot", () => {
  const part = (name: string, text: string): string => `@${host.nonce} ${name} ${text.length}\n${text}\n`;
  const parse = (...parts: readonly string[]) =>
    parseReboot(Buffer.from([...parts, part("end", "")].join("")), host.nonce).kind;

  it.each([
    ["nothing", []],
    ["a trigger that is none", [part("triggered", "magic")]],
    ["a trigger with a reason", [part("triggered", "systemd"), part("refused", "masked /etc")]],
    ["two triggers", [part("triggered", "systemd"), part("triggered", "systemd")]],
    ["an unknown reason", [part("refused", "tired")]],
    ["an unknown part", [part("refused", "masked /etc"), part("step/1", "done")]],
  ])("takes %s for garbled", (_, parts) => expect(parse(...parts)).toBe("garbled"));

  it("may have been sent where it is garbled", () => {
    expect(rebootFailureOf(parseReboot(Buffer.from(""), host.nonce))).toMatchObject({ sent: true });
  });
});
