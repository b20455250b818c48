import { chmodSync, chownSync, existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildRevert } from "../../src/apply/build-revert.ts";
import { confirmFailureOf } from "../../src/apply/parse-confirm.ts";
import { parseRevert, revertFailureOf } from "../../src/apply/parse-revert.ts";
import { boot, changed, file, key, newValues, oldValues, own, store } from "./armed-host.ts";
import * as host from "./private-root.ts";
import { maxFile, maxKey, modprobeConf, sysctlConf } from "./private-root.ts";

const later = (seconds: number): string => `${5000 + seconds}.10 1.00\n`;
const units = "/etc/systemd/system";

describe.each(host.shells)("a change that nobody confirms, under $name", ({ command: shell }) => {
  it("has its timer, its boot units and its line before the first change", async () => {
    const { root, result, ...files } = await changed({}, { shell });
    expect(result).toMatchObject({ kind: "applied", armed: { timer: "systemd", boot: "systemd" } });
    expect(files.values()).toEqual(newValues);
    expect(files.read("/asked")).toBe(
      `systemd-run --unit=ctfleet-revert-${host.run()}-1 --on-active=120 --timer-property=AccuracySec=1s /bin/sh ${root}${own}/revert.sh timer\n`,
    );
    expect(files.read(`${store}/pending`)).toMatch(new RegExp(`^${host.run()} 1 ${boot} 5000 120 - [0-9a-f]{32}\n$`));
    expect(files.list(`${units}/sysinit.target.wants`)).toEqual(["ctfleet-revert.service"]);
    expect(files.list(`${units}/multi-user.target.wants`)).toEqual(["ctfleet-unconfirmed.service"]);
    expect(files.mode(`${own}/revert.sh`)).toBe(0o600);
  });

  it("is put back at its time: bytes, mode, owner, absence, live values; and nothing of it waits any more", async () => {
    const { result, ...files } = await changed({}, { shell });
    expect(result.kind).toBe("applied");
    files.put("/proc/uptime", later(121));
    await files.stand("timer");
    expect(files.values()).toEqual(oldValues);
    expect([files.read(sysctlConf), files.list("/etc/modprobe.d"), files.list("/etc/sysctl.d")]).toEqual([
      "old\n",
      [],
      ["90-nf_conntrack.conf"],
    ]);
    expect(files.read(`${own}/reverted`).trimEnd().split("\n")).toEqual([
      `back ${key("generic_timeout")} 600`,
      `back ${maxKey} 65536`,
      "back hashsize 16384",
      `back ${sysctlConf}`,
      `back ${modprobeConf}`,
    ]);
    expect(files.read(`${store}/reverted`)).toBe(`${host.run()} 1 ${boot} 5121 timeout\n`);
    expect(files.list(store)).toEqual([host.run(), "last", "reverted"]);
    expect(files.list(units)).toEqual(["multi-user.target.wants", "sysinit.target.wants", "x"]);
  });

  it("stays where it is confirmed, and a timer that comes late does nothing", async () => {
    const { result, ...files } = await changed({}, { shell });
    expect(result.kind).toBe("applied");
    expect(await files.confirm()).toEqual({ kind: "confirmed" });
    expect(files.read("/asked")).toContain(`systemctl stop --no-block ctfleet-revert-${host.run()}-1.timer`);
    expect(files.list(units)).toEqual(["multi-user.target.wants", "sysinit.target.wants", "x"]);
    expect(files.list(store)).toEqual([host.run(), "last"]);
    files.put("/proc/uptime", later(500));
    for (const mode of ["timer", "late", "boot"]) await files.stand(mode);
    expect(files.values()).toEqual(newValues);
    expect(await files.confirm()).toEqual({ kind: "confirmed" });
  });

  it("is not kept by a confirmation that comes late, which says so", async () => {
    const { result, ...files } = await changed({}, { shell });
    expect(result.kind).toBe("applied");
    files.put("/proc/uptime", later(121));
    files.put(file("count"), "60000\n");
    await files.stand("timer");
    const late = await files.confirm();
    const left = [`hashsize 65536: 60000 entries are tracked`, `${maxKey} 262144: 60000 entries are tracked`];
    expect(late).toEqual({ kind: "reverted", because: "timeout", left: left.toReversed() });
    expect(confirmFailureOf(late)).toMatchObject({ code: "not_confirmed", sent: true });
  });

  it("is put back on purpose, and twice is once", async () => {
    const { result, ...files } = await changed({}, { shell });
    expect(result.kind).toBe("applied");
    const first = await files.revert("pending");
    expect(first).toMatchObject({ kind: "reverted", left: [] });
    expect(revertFailureOf(first)).toBeUndefined();
    expect([files.values(), files.read(sysctlConf)]).toEqual([oldValues, "old\n"]);
    const before = files.tree().filter((line) => !line.startsWith("var/lib/ctfleet "));
    expect(await files.revert("pending")).toEqual({ kind: "already" });
    expect(await files.revert("all")).toEqual({ kind: "already" });
    expect(files.tree().filter((line) => !line.startsWith("var/lib/ctfleet "))).toEqual(before);
    expect(await files.confirm()).toMatchObject({ kind: "reverted", because: "asked" });
  });

  it("gets its files back before their readers where the host went down, and its values after them", async () => {
    const { result, ...files } = await changed({}, { shell });
    expect(result.kind).toBe("applied");
    files.goDown();
    await files.stand("boot");
    expect([files.read(sysctlConf), files.list("/etc/modprobe.d")]).toEqual(["old\n", []]);
    expect(files.values()).toEqual(newValues);
    expect(files.read(`${store}/reverted`)).toContain(" 5 boot\n");
    await files.stand("late");
    expect(files.values()).toEqual(oldValues);
    expect(files.read(`${own}/reverted`)).toContain(`back ${sysctlConf}\n`);
    expect(files.list(store)).toEqual([host.run(), "last", "reverted"]);
  });

  it("is left as it is by a reboot of ours, which has its own time for the confirmation", async () => {
    const { result, ...files } = await changed({}, { shell, afterReboot: 300 });
    expect(result.kind).toBe("applied");
    files.put(`${store}/${host.run()}/reboot`, `${boot}\n`);
    files.goDown();
    await files.stand("boot");
    expect(files.read(sysctlConf)).toBe("new\n");
    expect(files.read(`${store}/pending`)).toMatch(/ 0 300 - [0-9a-f]{32}\n$/);
    files.put("/proc/uptime", "301.00 1.00\n");
    await files.stand("late");
    expect([files.values(), files.read(sysctlConf)]).toEqual([oldValues, "old\n"]);
    expect(files.read(`${store}/reverted`)).toContain(" 301 timeout\n");
  });
});

it("reverts files where the host goes down once more after a reboot of ours", async () => {
  const files = await changed({}, { afterReboot: 300 });
  files.put(`${store}/${host.run()}/reboot`, `${boot}\n`);
  files.goDown();
  await files.stand("boot");
  files.put("/proc/sys/kernel/random/boot_id", `${boot.replace("1", "3")}\n`);
  await files.stand("boot");
  expect(files.read(sysctlConf)).toBe("old\n");
});

it("goes on with what a power cut has ended half way", async () => {
  const files = await changed();
  const line = files.read(`${store}/pending`);
  files.put(`${store}/reverting`, line);
  files.put(`${own}/reverter`, "4242 77\n");
  await host.output(host.feed(["rm", `${files.root}${store}/pending`], ""));
  files.goDown();
  await files.stand("boot");
  await files.stand("late");
  expect([files.values(), files.read(sysctlConf)]).toEqual([oldValues, "old\n"]);
});

it("restores mode and owner, and leaves what somebody changed since, with its name", async () => {
  const one = await changed();
  await one.confirm();
  chmodSync(`${one.root}${sysctlConf}`, 0o600);
  one.put(file("generic_timeout"), "77\n");
  expect(await one.revert("all")).toEqual({ kind: "changed_since", what: [key("generic_timeout"), sysctlConf] });
  expect(one.values()).toEqual(["262144", "65536", "77"]);
  expect(one.list("/etc/modprobe.d")).toEqual(["nf_conntrack.conf"]);
});

it("leaves and tells what somebody changed while it waited", async () => {
  const one = await changed();
  one.put(sysctlConf, "somebody's\n");
  one.put(file("generic_timeout"), "77\n");
  const result = await one.revert("pending");
  expect(result).toMatchObject({
    kind: "reverted",
    left: [`${key("generic_timeout")} 77: set by somebody since`, `${sysctlConf}: changed by somebody since`],
  });
  expect(revertFailureOf(result)).toMatchObject({ code: "revert_failed" });
  expect([one.values(), one.read(sysctlConf)]).toEqual([["65536", "16384", "77"], "somebody's\n"]);
});

it("gives back owner and mode of a file that was rewritten, and a file that was removed", async () => {
  const { root, ...files } = host.privateRoot({ "/etc/odd": "old \u0000 bytes", "/etc/gone": "gone\n" });
  chmodSync(`${root}/etc/odd`, 0o4750);
  chownSync(`${root}/etc/gone`, 12, 34);
  const before = [files.basis("/etc/odd"), files.basis("/etc/gone")] as const;
  const actions = [host.write("/etc/odd", "new\n", { from: before[0] }), host.remove("/etc/gone", before[1])] as const;
  await host.apply({ root, actions });
  expect(files.basis("/etc/odd")).not.toEqual(before[0]);
  await host.output(host.feed(["sh", `${root}${own}/revert.sh`, "now"], ""));
  expect([files.basis("/etc/odd"), files.basis("/etc/gone")]).toEqual(before);
});

it("never sets max below 1.25 times the entries of now, and says so; one below it may always grow back", async () => {
  const one = await changed({ [file("count")]: "52428\n" });
  await one.revert("pending");
  expect(one.values()).toEqual(oldValues);
  const kept = await changed({ [file("count")]: "52429\n" });
  await kept.revert("pending");
  expect(kept.values()).toEqual(["262144", "65536", "600"]);
});

describe("of two who decide at the same time", () => {
  it("one wins: a timer and a confirmation", async () => {
    const files = await changed();
    files.put("/proc/uptime", later(121));
    const [, answer] = await Promise.all([files.stand("timer"), files.confirm()]);
    const kept = files.values().join() === newValues.join();
    expect(answer.kind).toBe(kept ? "confirmed" : "reverted");
    expect(files.read(sysctlConf)).toBe(kept ? "new\n" : "old\n");
  });

  it("one wins: two confirmations are one, two reverts are one", async () => {
    const files = await changed();
    expect(await Promise.all([files.confirm(), files.confirm()])).toEqual([
      { kind: "confirmed" },
      { kind: "confirmed" },
    ]);
    const other = await changed();
    other.put("/proc/uptime", later(121));
    await Promise.all([other.stand("timer"), other.stand("timer"), other.stand("now")]);
    expect([other.values(), other.read(sysctlConf)]).toEqual([oldValues, "old\n"]);
    expect(other.list(store)).toEqual([host.run(), "last", "reverted"]);
  });
});

it("is not confirmed with other words, nor by another run", async () => {
  const files = await changed();
  expect(await files.confirm({ token: "0".repeat(32) })).toEqual({ kind: "nothing" });
  expect(await files.confirm({ run: host.run(1) })).toEqual({ kind: "nothing" });
  expect(existsSync(`${files.root}${store}/pending`)).toBe(true);
});

it("keeps the folder of a run that waits, however many come after it", async () => {
  const files = await changed();
  // Its timer is dead, and its lock was broken.
  files.put(`${store}/pending`, files.read(`${store}/pending`).replace(" 5000 120 ", " 1 1 "));
  files.put(`${store}/lock`, "");
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const actions = [host.set(key("generic_timeout"), String(number), files.values()[2]!)] as const;
    const { result } = await host.apply({ root: files.root, path: files.path, run: host.run(number), actions });
    expect(result.kind).toBe("applied");
  }
  expect(files.list(store)).toContain(host.run());
  expect(files.list(store)).not.toContain(host.run(1));
  expect(files.read(maxFile)).toBe("262144\n");
});

it("tells that it was put back until something else is changed", async () => {
  const files = await changed();
  await files.revert("pending");
  expect(files.list(store)).toContain("reverted");
  const actions = [host.set(key("generic_timeout"), "61", "600")] as const;
  await host.apply({ root: files.root, path: files.path, run: host.run(1), actions });
  expect(files.list(store)).not.toContain("reverted");
});

it("has nothing to put back of a run that never was there", async () => {
  const files = await changed();
  await files.confirm();
  const result = await files.revert("all", host.run(9));
  expect(result).toEqual({ kind: "nothing" });
  expect(revertFailureOf(result)).toMatchObject({ code: "no_snapshot", sent: false });
});

it("puts files back on a disk that has become full", async () => {
  const path = "/var/odd.conf";
  const one = host.privateRoot({ [path]: "old\n" });
  const { result, after } = await host.apply({
    root: one.root,
    actions: [host.write(path, "new\n", { from: one.basis(path) })],
    inside: {
      before: `mount -t tmpfs -o size=1m none "$root/var"
mkdir "$root/var/lib"; echo old >"$root${path}"; chmod 644 "$root${path}"`,
      after: `cat /dev/zero >"$root/var/fill" 2>/dev/null; cat "$root${path}"
sh "$root${own}/revert.sh" now; cat "$root${path}"`,
    },
  });
  expect([result.kind, after]).toEqual(["applied", `new\nback ${path}\nold\n`]);
});

it("keeps what the next boot has made of values, and says nothing of them", async () => {
  const files = await changed();
  await files.confirm();
  files.goDown();
  files.put(file("generic_timeout"), "30\n");
  expect(await files.revert("all")).toMatchObject({ kind: "reverted", left: [] });
  expect(files.values()).toEqual(["65536", "16384", "30"]);
});

it("puts several parts of one run back, the last first, where only they have changed a file", async () => {
  const one = host.privateRoot({ [sysctlConf]: "old\n", "/proc/uptime": "1.0 1\n" });
  one.put("/proc/sys/kernel/random/boot_id", `${boot}\n`);
  for (const text of ["new\n", "newer\n"]) {
    const actions = [host.write(sysctlConf, text, { from: one.basis(sysctlConf) })] as const;
    expect((await host.apply({ root: one.root, actions })).result.kind).toBe("applied");
  }
  const ask = async () => {
    const request = { nonce: host.nonce, run: host.run(), root: one.root, owner: "me", what: "all" } as const;
    return parseRevert(await host.output(host.feed(["dash", "-s"], buildRevert(request))), host.nonce);
  };
  one.put(sysctlConf, "newest\n");
  expect(await ask()).toEqual({ kind: "changed_since", what: [sysctlConf] });
  one.put(sysctlConf, "newer\n");
  expect(await ask()).toEqual({ kind: "reverted", back: [sysctlConf, sysctlConf], left: [] });
  expect([one.read(sysctlConf), await ask()]).toEqual(["old\n", { kind: "already" }]);
  expect(one.list(store)).not.toContain("lock");
});

it("is refused while another run holds the host", async () => {
  const files = await changed();
  files.put(`${store}/pending`, "");
  files.put(`${store}/lock`, `${host.run(5)} ${boot} 5000 600 anna@desk\n`);
  const result = await files.revert("all");
  expect(result).toMatchObject({ kind: "locked" });
  expect(revertFailureOf(result)).toMatchObject({ code: "locked", sent: false });
  expect(files.values()).toEqual(newValues);
});
