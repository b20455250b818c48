import { chmodSync, lstatSync, mkdirSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/apply/failure-of.ts";
import { rebootFailureOf } from "../../src/apply/parse-reboot.ts";
import {
  armedHost,
  boot,
  change,
  changed,
  confirm,
  file,
  newValues,
  oldValues,
  own,
  store,
  token,
} from "./armed-host.ts";
import * as host from "./private-root.ts";
import { apply, privateRoot, set, sysctlConf } from "./private-root.ts";

const key = "net.netfilter.nf_conntrack_generic_timeout";
const values = { [file("generic_timeout")]: "600\n" };
const clock = { "/proc/sys/kernel/random/boot_id": `${boot}\n`, "/proc/uptime": "5000.10 1.00\n" };
const actions = [set(key, "60", "600")] as const;

/** A host that was booted by something else, whose timer is a process. */
const plainHost = (more: Readonly<Record<string, string>> = {}) => privateRoot({ ...values, ...clock, ...more });
const untilReverted = `turns=200
until [ -e "$root${own}/undone" ] || [ $turns = 0 ]; do sleep 0.1; turns=$((turns - 1)); done`;

describe.each(host.shells)("without systemd, under $name", ({ command: shell }) => {
  it("a process waits that holds nothing of the session, and puts back by the kernel's seconds alone", async () => {
    const { root, ...files } = plainHost();
    files.put("/bin/sh", `#!/bin/sh\nexec ${shell.slice(0, -1).join(" ")} "$@"\n`, 0o755);
    const { result, after } = await apply({
      root,
      shell,
      actions,
      path: `${root}/bin:${process.env["PATH"] ?? ""}`,
      confirm: { token, seconds: 1, afterReboot: undefined },
      inside: {
        before: ":",
        after: `read -r pid <"$root${own}/revert-waits"
# ksh93 turns its own output elsewhere for a moment, to catch what a command says.
held() { for fd in 0 1 2; do readlink /proc/$pid/fd/$fd; done; }
for look in 1 2 3 4 5 6 7 8 9; do [ "$(held | sort -u)" != /dev/null ] || break; done
held
cut -d ' ' -f 6 /proc/$pid/stat | grep -cx $pid
sleep 1.5
cat "$root${file("generic_timeout")}"
echo '5001.40 1.00' >"$root/proc/uptime"
${untilReverted}
cat "$root${file("generic_timeout")}"`,
      },
    });
    expect(result).toMatchObject({ kind: "applied", armed: { timer: "process", boot: "none" } });
    expect(after.split("\n")).toEqual(["/dev/null", "/dev/null", "/dev/null", "1", "60", "600", ""]);
    expect(files.read(`${store}/reverted`)).toBe(`${host.run()} 1 ${boot} 5001 timeout\n`);
  });
});

describe("what runs at the next boot", () => {
  const cases: readonly {
    readonly init: string;
    readonly files: Readonly<Record<string, string>>;
    readonly entries: readonly string[];
    readonly mode: "boot" | "late";
  }[] = [
    {
      init: "openrc",
      files: { "/run/openrc/x": "", "/etc/runlevels/boot/x": "", "/etc/runlevels/default/x": "", "/etc/init.d/x": "" },
      entries: ["/etc/runlevels/boot/ctfleet-revert", "/etc/runlevels/default/ctfleet-unconfirmed"],
      mode: "boot",
    },
    {
      init: "sysv",
      files: {
        "/etc/inittab": "",
        "/etc/rcS.d/S07kmod": "",
        "/etc/rcS.d/S11procps": "",
        "/etc/rc2.d/x": "",
        "/etc/init.d/x": "",
      },
      entries: ["/etc/rcS.d/S07ctfleet-revert", "/etc/rc2.d/S99ctfleet-unconfirmed"],
      mode: "boot",
    },
    { init: "cron", files: { "/etc/cron.d/x": "" }, entries: ["/etc/cron.d/ctfleet-revert"], mode: "late" },
  ];

  it.each(cases)(
    "is an entry of $init, and none is left after the confirmation",
    async ({ init, files, entries, mode }) => {
      const one = armedHost({ ...files, "/bin/cron": "#!/bin/sh\n" });
      chmodSync(`${one.root}/bin/cron`, 0o755);
      await host.output(host.feed(["rm", "-r", `${one.root}/run/systemd`], ""));
      const { result } = await apply({ root: one.root, path: one.path, actions: change(one), confirm });
      expect(result).toMatchObject({ kind: "applied", armed: { timer: "process", boot: init } });
      const [entry = ""] = entries;
      const text = lstatSync(one.root + entry).isSymbolicLink()
        ? one.read(`/etc/init.d/${entry.slice(-14)}`)
        : one.read(entry);
      expect(text).toContain(`/bin/sh '${one.root}${own}/revert.sh' ${mode}`);
      expect(await one.confirm()).toEqual({ kind: "confirmed" });
      const left = one.tree().filter((line) => line.startsWith("etc/") && line.includes("ctfleet"));
      expect(left).toEqual([]);
    },
  );

  it("is a line of rc.local before all others, which is taken out again byte for byte", async () => {
    const text = "#!/bin/sh -e\necho mine\nexit 0";
    const one = plainHost();
    one.put("/etc/rc.local", text, 0o755);
    const { result } = await apply({ root: one.root, actions, confirm });
    expect(result).toMatchObject({ armed: { boot: "rc_local" } });
    expect(one.read("/etc/rc.local").split("\n")[1]).toBe(
      `/bin/sh '${one.root}${own}/revert.sh' late </dev/null >/dev/null 2>&1 & # ctfleet-revert`,
    );
    await host.output(host.feed(["sh", `${one.root}${own}/revert.sh`, "now"], ""));
    expect([one.read("/etc/rc.local").trimEnd(), one.mode("/etc/rc.local")]).toEqual([text, 0o755]);
    expect(one.read(file("generic_timeout"))).toBe("600\n");
  });

  it("is two units that systemd itself accepts", async () => {
    const one = await changed();
    const folder = `${one.root}/verify`;
    mkdirSync(folder);
    for (const unit of ["ctfleet-revert.service", "ctfleet-unconfirmed.service"])
      one.put(`/verify/${unit}`, one.read(`/etc/systemd/system/${unit}`).replaceAll(one.root, ""));
    const said = await host.output(
      host.feed(["sh", "-c", `cd '${folder}' && systemd-analyze verify ./*.service 2>&1 | grep ctfleet`], ""),
    );
    expect(String(said)).toBe("");
    const link = `${one.root}/etc/systemd/system/sysinit.target.wants/ctfleet-revert.service`;
    expect(readlinkSync(link)).toBe("../ctfleet-revert.service");
  });

  it("comes before a reboot of ours, or there is none", async () => {
    const { root, ...files } = plainHost();
    const asked = { ...confirm, afterReboot: 300 };
    const { result } = await apply({ root, actions, confirm: asked });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "not_armed" }] });
    expect([files.read(file("generic_timeout")), files.list("/var/lib")]).toEqual(["600\n", []]);
  });
});

describe("where nothing would put it back", () => {
  it("nothing is done: a timer that does not start", async () => {
    const one = armedHost({ "/no-systemd-run": "" });
    one.put("/bin/setsid", "#!/bin/sh\nexit 1\n", 0o755);
    const { result } = await apply({ root: one.root, path: one.path, actions: change(one), confirm });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "not_armed", detail: "nothing waits" }] });
    expect(failureOf(result)).toMatchObject({ code: "target_refused", sent: false });
    expect([one.values(), one.read(sysctlConf), one.list("/var/lib")]).toEqual([oldValues, "old\n", []]);
    expect(one.list("/etc/systemd/system")).toEqual(["multi-user.target.wants", "sysinit.target.wants", "x"]);
    expect(one.list("/etc/sysctl.d")).toEqual(["90-nf_conntrack.conf"]);
  });

  it.each([
    ["a disk that is full", "size=4k"],
    ["one that may not be written", "ro"],
  ])("nothing is done: units on %s", async (_, options) => {
    const one = armedHost();
    const { result, after } = await apply({
      root: one.root,
      path: one.path,
      actions: change(one),
      confirm,
      inside: {
        before: `mount -t tmpfs -o ${options} none "$root/etc/systemd/system"`,
        after: `ls "$root/etc/systemd/system" "$root/etc/sysctl.d"; cat "$root${sysctlConf}"`,
      },
    });
    const folder = (path: string): string => `${one.root}${path}:`;
    expect(after.split("\n").filter((line) => line !== "")).toEqual([
      folder("/etc/sysctl.d"),
      "90-nf_conntrack.conf",
      folder("/etc/systemd/system"),
      "old",
    ]);
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "not_armed" }] });
    expect(one.values()).toEqual(oldValues);
    expect(one.list("/var/lib")).toEqual([]);
  });

  it("nothing is done where another change waits for its confirmation", async () => {
    const one = armedHost({ [`${store}/pending`]: `${host.run(7)} 1 ${boot} 1 1 - ${token}\n` });
    const { result } = await apply({ root: one.root, path: one.path, actions: change(one), confirm });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because: "not_armed" }] });
    expect(one.values()).toEqual(oldValues);
    expect(one.read(`${store}/pending`)).toContain(host.run(7));
  });
});

describe("the time for the confirmation", () => {
  it("is counted from the end of the script, and an earlier timer waits on", async () => {
    const one = armedHost();
    const slow = (script: string): string =>
      script.replace("\nnote_change() {", '\nnote_change() {\necho 5090.00 1 >"$root/proc/uptime"\n');
    await apply({ root: one.root, path: one.path, actions: change(one), confirm, edit: slow });
    expect(one.read(`${store}/pending`)).toContain(` ${boot} 5090 120 `);
    one.put("/proc/uptime", "5121.00 1.00\n");
    const waits = host.feed(["sh", `${one.root}${own}/revert.sh`, "timer"], "", { ...process.env, PATH: one.path });
    const ended = host.output(waits);
    expect(await one.confirm()).toEqual({ kind: "confirmed" });
    await ended;
    expect(one.values()).toEqual(newValues);
  });

  it("goes on while the host goes down for a reboot of ours", async () => {
    const one = await changed({}, { afterReboot: 300 });
    one.put(`${store}/${host.run()}/reboot`, `${boot}\n`);
    one.put("/proc/uptime", "5200.00 1.00\n");
    const ended = host.output(host.feed(["sh", `${one.root}${own}/revert.sh`, "timer"], ""));
    await one.confirm();
    await ended;
    expect(one.values()).toEqual(newValues);
  });

  it("is no reason for a reboot once it is over", async () => {
    const one = await changed({}, { afterReboot: 300 });
    await one.revert("pending");
    const refused = await one.reboot();
    expect(refused).toMatchObject({ kind: "refused", reasons: [{ because: "was_reverted", detail: "asked" }] });
    expect(rebootFailureOf(refused)).toMatchObject({ code: "reboot_refused", sent: false });
  });
});

it("is lean: a confirmation takes five processes", async () => {
  const one = await changed();
  const log = `${one.root}/strace`;
  const traced = ["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-z", "-o", log, "dash", "-s"];
  await host.output(host.feed(traced, one.confirmScript, { ...process.env, root: one.root, PATH: one.path }));
  // The shell, mv, sync, systemctl and rm.
  expect(one.read("/strace").trimEnd().split("\n")).toHaveLength(5);
});

it("is lean: arming takes at most eight processes more", async () => {
  const count = async (asked: typeof confirm | undefined): Promise<number> => {
    const one = armedHost();
    const log = `${one.root}/strace`;
    const shell = ["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-z", "-o", log, "dash", "-s"];
    await apply({ root: one.root, path: one.path, shell, actions: change(one), ...(asked && { confirm: asked }) });
    return one.read("/strace").trimEnd().split("\n").length;
  };
  // Two links, two folders for them, a flush, systemd-run, and the line written anew. The lock stays: one rm less, and more.
  expect((await count(confirm)) - (await count(undefined))).toBeLessThanOrEqual(8);
});
