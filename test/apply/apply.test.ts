import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
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
  setHashsize,
  sysctlConf,
  write,
} from "./private-root.ts";

const liveFiles = { [maxFile]: "65536\n", [host.hashsizeFile]: "16384\n" };

const asSh = { name: "bash as sh", command: ["bash", "--posix", "-s"] };

describe.each([...host.shells, asSh])("apply under $name", ({ command: shell }) => {
  it("writes, removes and sets, keeps a backup, and does nothing the second time", async () => {
    const { root, ...files } = privateRoot({ ...liveFiles, "/etc/old.conf": "old\n", [sysctlConf]: "before\n" });
    const actions = [
      write(sysctlConf, "net.netfilter.nf_conntrack_max = 262144\n", {
        mode: 0o640,
        gid: 4,
        from: files.basis(sysctlConf),
      }),
      write(modprobeConf, "options nf_conntrack hashsize=65536\n", { from: { kind: "absent" } }),
      remove("/etc/old.conf", files.basis("/etc/old.conf")),
      setHashsize(65536, 16384),
      set(maxKey, "262144", "65536"),
    ] as const;
    const { result } = await apply({ root, actions, shell });
    expect(kinds(result)).toEqual(["done", "done", "done", "done", "done"]);
    expect(files.basis(sysctlConf)).toMatchObject({ mode: 0o640, uid: 0, gid: 4 });
    expect([files.read(sysctlConf), files.read(modprobeConf)]).toEqual([actions[0].text, actions[1].text]);
    expect(files.basis("/etc/old.conf")).toEqual({ kind: "absent" });
    expect([files.read(maxFile), files.read(host.hashsizeFile)]).toEqual(["262144\n", "65536\n"]);
    expect([...files.list("/etc"), ...files.list("/etc/sysctl.d"), ...files.list("/etc/modprobe.d")]).toHaveLength(4);
    const before = files.tree();
    const second = await apply({ root, actions, shell, run: host.run(1) });
    expect(kinds(second.result)).toEqual(["already", "already", "already", "already", "already"]);
    expect(files.tree()).toEqual(before);
  });
});

it.each(host.shells)("is lean: four files and four live values under $name", async ({ command }) => {
  const key = (n: number): string => `net.netfilter.nf_conntrack_${String(n)}`;
  const keyFile = (n: number): string => `/proc/sys/net/netfilter/nf_conntrack_${String(n)}`;
  const { root, ...files } = privateRoot({
    ...liveFiles,
    [sysctlConf]: "old\n",
    "/etc/a": "old\n",
    [keyFile(1)]: "1\n",
    [keyFile(2)]: "1\n",
  });
  const log = `${root}/strace`;
  const { result } = await apply({
    root,
    shell: ["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-z", "-o", log, ...command],
    actions: [
      write(sysctlConf, "new\n", { from: files.basis(sysctlConf) }),
      write("/etc/a", "new\n", { mode: 0o600, from: files.basis("/etc/a") }),
      write(modprobeConf, "new\n", { from: { kind: "absent" } }),
      write("/etc/b", "new\n", { from: { kind: "absent" } }),
      setHashsize(65536, 16384),
      set(maxKey, "262144", "65536"),
      set(key(1), "2", "1"),
      set(key(2), "2", "1"),
    ],
  });
  expect(result.kind).toBe("applied");
  // The shell itself, 3 to survey files, 2 for live values, mountinfo, mkdir, 2 copies, 4 for owner and mode, sums, 4 renames, 2 flushes.
  const programs = files.read("/strace").trimEnd().split("\n");
  expect(programs.length).toBeLessThanOrEqual(22);
});

it("works where every program is busybox's", async () => {
  const { root, ...files } = privateRoot({ ...liveFiles, [sysctlConf]: "old\n" });
  mkdirSync(`${root}/bin`);
  execFileSync("busybox", ["--install", "-s", `${root}/bin`]);
  const actions = [
    write(sysctlConf, "new\n", { from: files.basis(sysctlConf) }),
    write(modprobeConf, "new\n", { gid: 4, from: { kind: "absent" } }),
    setHashsize(65536, 16384),
  ] as const;
  const path = `${root}/bin:${process.env["PATH"] ?? ""}`;
  const { result } = await apply({ root, actions, path, shell: [`${root}/bin/ash`, "-s"] });
  expect(kinds(result)).toEqual(["done", "done", "done"]);
  expect(files.basis(modprobeConf)).toMatchObject({ mode: 0o644, gid: 4 });
});

it("reads nothing after its end, and no program eats it", async () => {
  const { root, ...files } = privateRoot();
  files.put("/bin/sync", "#!/bin/sh\ncat >/dev/null\n", 0o755);
  const actions = [write(sysctlConf, "new\n", { from: { kind: "absent" } })] as const;
  const script = `${buildApply({ nonce: host.nonce, run: host.run(), root, actions, owner: "root@controller" })}touch "${root}/etc/evil"\n`;
  for (const { command } of host.shells) {
    const env = { ...process.env, PATH: `${root}/bin:${process.env["PATH"] ?? ""}` };
    const stdout = await host.output(host.feed(command, script, env));
    expect(parseApply(stdout, { nonce: host.nonce, actions }).kind).toBe("applied");
  }
  expect(files.list("/etc")).not.toContain("evil");
});
