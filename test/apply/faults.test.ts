import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import type { Action } from "../../src/model/action.ts";
import type { NonEmpty } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import {
  apply,
  kinds,
  maxFile,
  maxKey,
  modprobeConf,
  privateRoot,
  remove,
  set,
  sysctlConf,
  write,
} from "./private-root.ts";

const big = "# a line of a large file\n".repeat(4000);
const onSmallDisk = `mount -t tmpfs -o size=64k none "$root/etc/sysctl.d"; printf 'old\\n' >"$root${sysctlConf}"`;
const shown = `cat "$root${sysctlConf}"; ls -A "$root/etc/sysctl.d" "$root/etc/modprobe.d" "$root/var/lib"`;
const untouched = (root: string, files: string): string =>
  `old\n${root}/etc/modprobe.d:\n\n${root}/etc/sysctl.d:\n${files}\n${root}/var/lib:\n`;

/** Both files change to `text` from whatever they are now. */
const both = (files: Pick<host.Host, "basis">, text: string): NonEmpty<Action> => [
  write(sysctlConf, text, { from: files.basis(sysctlConf) }),
  write(modprobeConf, text, { from: files.basis(modprobeConf) }),
];

describe.each(host.shells)("under $name", ({ command: shell }) => {
  it("keeps the old file whole when the disk is full, and leaves nothing behind", async () => {
    const { root, ...files } = privateRoot({ [sysctlConf]: "old\n" });
    const actions = [
      write(modprobeConf, "fits\n", { from: { kind: "absent" } }),
      write(sysctlConf, big, { from: files.basis(sysctlConf) }),
    ] as const;
    const { result, after } = await apply({ root, shell, actions, inside: { before: onSmallDisk, after: shown } });
    expect(kinds(result)).toEqual(["not_tried", "failed"]);
    expect(result).toMatchObject({
      steps: [{}, { result: { error: expect.stringContaining("No space left") as string } }],
    });
    expect(after).toBe(untouched(root, "90-nf_conntrack.conf\n"));
  });

  it("changes nothing when there is no room for the backup", async () => {
    const { root, ...files } = privateRoot({ [sysctlConf]: big });
    const before = 'mount -t tmpfs -o size=64k none "$root/var/lib"';
    const actions = [write(sysctlConf, "new\n", { from: files.basis(sysctlConf) })] as const;
    const { result, after } = await apply({ root, shell, actions, inside: { before, after: 'ls -A "$root/var/lib"' } });
    expect(result).toMatchObject({
      kind: "failed",
      backup: { kind: "failed" },
      steps: [{ result: { kind: "not_tried" } }],
    });
    expect(result).toMatchObject({ backup: { error: expect.stringContaining("No space left") as string } });
    expect([files.read(sysctlConf), after]).toEqual([big, ""]);
  });

  it("has each file whole-old or whole-new wherever it is killed, and converges after", async () => {
    const { root, ...files } = privateRoot({
      [sysctlConf]: "0\n".repeat(15_000),
      [modprobeConf]: "0\n".repeat(15_000),
    });
    const began = performance.now();
    await apply({ root, shell, actions: both(files, "1\n".repeat(15_000)) });
    const whole = performance.now() - began;
    const points = 16;
    // What the script had started may end after it: a rename of the one before may come late.
    let before = "";
    for (let point = 0; point < points; point++) {
      const text = `${String(point + 2)}\n`.repeat(15_000);
      const old = [files.read(sysctlConf), files.read(modprobeConf)];
      const child = host.start({ root, shell, actions: both(files, text), run: host.run(point) });
      const timer = setTimeout(() => child.kill("SIGKILL"), (whole * point) / points);
      await host.output(child);
      clearTimeout(timer);
      expect([old[0], text, before]).toContain(files.read(sysctlConf));
      expect([old[1], text, before]).toContain(files.read(modprobeConf));
      before = text;
    }
    const { result } = await apply({ root, shell, actions: both(files, "last\n"), run: host.run(99) });
    expect(kinds(result)).toEqual(["done", "done"]);
    expect([...files.list("/etc/sysctl.d"), ...files.list("/etc/modprobe.d")]).toHaveLength(2);
  });

  it("finishes what it began when the other side hangs up", async () => {
    const { root, ...files } = privateRoot({ [maxFile]: "1\n" });
    const actions = [write(sysctlConf, "new\n", { from: { kind: "absent" } }), set(maxKey, "2", "1")] as const;
    const child = host.start({ root, shell, actions });
    child.stdout!.destroy();
    const exited = new Promise((done) => child.once("exit", (status) => done(status)));
    expect(await exited).toBe(0);
    expect([files.read(sysctlConf), files.read(maxFile)]).toEqual(["new\n", "2\n"]);
    expect(files.list("/etc/sysctl.d")).toHaveLength(1);
  });

  it("does nothing at all when the script arrives cut", async () => {
    const { root, ...files } = privateRoot({ [sysctlConf]: "old\n" });
    const script = Buffer.from(
      buildApply({ nonce: host.nonce, run: host.run(), root, actions: both(files, "it's new\n"), owner: "a" }),
    );
    const before = files.tree();
    for (let cut = 2; cut < script.length; cut += 997)
      await host.output(host.feed(shell, script.subarray(0, script.length - cut)));
    expect(files.tree()).toEqual(before);
  });

  it("keeps the files before a rename that fails, says so, and goes no further", async () => {
    const { root, ...files } = privateRoot({ [sysctlConf]: "old\n", "/etc/last": "old\n", [maxFile]: "1\n" });
    // Without mountinfo the check cannot see the mount; the kernel refuses the rename.
    const before = `touch "$root${modprobeConf}"; mount --bind "$root/etc/last" "$root${modprobeConf}"`;
    const actions = [
      write(sysctlConf, "new\n", { from: files.basis(sysctlConf) }),
      write(modprobeConf, "new\n", { from: files.basis("/etc/last") }),
      remove("/etc/last", files.basis("/etc/last")),
      set(maxKey, "2", "1"),
    ] as const;
    const { result } = await apply({ root, shell, actions, inside: { before } });
    expect(kinds(result)).toEqual(["done", "failed", "not_tried", "not_tried"]);
    expect(result).toMatchObject({
      steps: [{}, { result: { error: expect.stringMatching(/busy/i) as string } }, {}, {}],
    });
    expect([files.read(sysctlConf), files.read("/etc/last"), files.read(maxFile)]).toEqual(["new\n", "old\n", "1\n"]);
    expect([...files.list("/etc/sysctl.d"), ...files.list("/etc/modprobe.d")]).toHaveLength(2);
  });
});

it("keeps an immutable file whole where nothing could tell that it is one", async () => {
  const { root, ...files } = privateRoot({ [sysctlConf]: "old\n" });
  files.put("/bin/lsattr", "#!/bin/sh\nexit 1\n", 0o755);
  const { result, after } = await apply({
    root,
    actions: [write(sysctlConf, "new\n", { from: files.basis(sysctlConf) })],
    path: `${root}/bin:${process.env["PATH"]}`,
    inside: {
      before: `chattr +i "$root${sysctlConf}"`,
      after: `chattr -i "$root${sysctlConf}"; ls -A "$root/etc/sysctl.d"`,
    },
  });
  expect(result).toMatchObject({
    steps: [{ result: { kind: "failed", error: expect.stringContaining("not permitted") as string } }],
  });
  expect([files.read(sysctlConf), after]).toEqual(["old\n", "90-nf_conntrack.conf\n"]);
});

it("renames nothing when the bytes on disk are not those that were sent", async () => {
  const { root, ...files } = privateRoot({ [sysctlConf]: "old\n" });
  files.put("/bin/chmod", '#!/bin/sh\nshift\nfor file; do echo more >>"$file"; done\n', 0o755);
  const actions = [write(sysctlConf, "new\n", { from: files.basis(sysctlConf) })] as const;
  const { result } = await apply({ root, actions, path: `${root}/bin:${process.env["PATH"] ?? ""}` });
  expect(kinds(result)).toEqual(["failed"]);
  expect([files.read(sysctlConf), files.list("/etc/sysctl.d"), files.list("/var/lib")]).toEqual([
    "old\n",
    ["90-nf_conntrack.conf"],
    [],
  ]);
});
