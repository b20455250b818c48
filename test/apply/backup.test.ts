import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import {
  apply,
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

const store = "/var/lib/ctfleet";

describe.each(host.shells)("the backup under $name", ({ command: shell }) => {
  it("can give back bytes, metadata, live values and absence", async () => {
    const odd = "old \xff\u0000 bytes\r\nno end";
    const { root, ...files } = privateRoot({
      "/etc/odd": odd,
      "/etc/gone": "gone\n",
      "/etc/same": "same\n",
      [maxFile]: "7\n",
      [host.hashsizeFile]: "5\n",
    });
    chmodSync(`${root}/etc/odd`, 0o4750);
    chownSync(`${root}/etc/gone`, 12, 34);
    const [from, gone, same] = [files.basis("/etc/odd"), files.basis("/etc/gone"), files.basis("/etc/same")];
    const actions = [
      write("/etc/odd", "new\n", { from }),
      write(modprobeConf, "new\n", { from: { kind: "absent" } }),
      write("/etc/same", "same\n", { from: same }),
      remove("/etc/gone", gone),
      setHashsize(6, 5),
      set(maxKey, "8", "7"),
    ] as const;
    const { result } = await apply({ root, actions, shell });
    const folder = `${store}/${host.run()}/1`;
    expect(result).toMatchObject({ kind: "applied", backup: { kind: "kept", folder: root + folder } });
    const sum = (basis: typeof from): string => (basis.kind === "regular" ? basis.sha256 : "");
    expect(files.read(`${folder}/manifest`).split("\n")).toEqual([
      "ctfleet backup 1",
      `file 1 750 0 0 ${sum(from)} /etc/odd`.replace(" 750 ", " 4750 "),
      `file 2 absent ${modprobeConf}`,
      `file 4 644 12 34 ${sum(gone)} /etc/gone`,
      "hashsize 5 5",
      `set 6 ${maxKey} 7`,
      "",
    ]);
    expect([files.basis(`${folder}/1`), files.basis(`${folder}/4`)]).toEqual([from, gone]);
    expect(files.list(folder)).toEqual(["1", "4", "manifest", "revert.sh"]);
    expect([store, `${store}/${host.run()}`, folder].map(files.mode)).toEqual([0o700, 0o700, 0o700]);
    expect(files.mode(`${folder}/manifest`)).toBe(0o600);
  });

  it("keeps the last five runs, never takes its own, and leaves alone what is not a run", async () => {
    const { root, ...files } = privateRoot({
      [sysctlConf]: "0\n",
      [`${store}/20200101T000000Z-aaaa.keep/x`]: "x",
      [`${store}/notes`]: "x",
    });
    for (const year of ["2020", "2021", "2031", "2032", "2033"]) mkdirSync(`${root}${store}/${year}0101T000000Z-aaaa`);
    for (const number of [1, 2]) {
      const actions = [write(sysctlConf, `${String(number)}\n`, { from: files.basis(sysctlConf) })] as const;
      expect((await apply({ root, actions, shell, run: host.run(number) })).result.kind).toBe("applied");
    }
    const kept = [host.run(1), host.run(2), ...["2031", "2032", "2033"].map((year) => `${year}0101T000000Z-aaaa`)];
    expect(files.list(store)).toEqual(["20200101T000000Z-aaaa.keep", "notes", ...kept].sort());
  });
});

it("never overwrites a copy when one run comes to a host twice", async () => {
  const { root, ...files } = privateRoot({ [sysctlConf]: "first\n" });
  for (const text of ["second\n", "third\n"])
    await apply({ root, actions: [write(sysctlConf, text, { from: files.basis(sysctlConf) })] });
  expect([files.read(`${store}/${host.run()}/1/1`), files.read(`${store}/${host.run()}/2/1`)]).toEqual([
    "first\n",
    "second\n",
  ]);
});

it("clears what a killed run left beside a target, and nothing else", async () => {
  const { root, ...files } = privateRoot({
    [sysctlConf]: "old\n",
    "/etc/sysctl.d/.90-nf_conntrack.conf.ctfleet-20200101T000000Z-aaaa": "half",
  });
  files.put("/etc/sysctl.d/.other.conf.ctfleet-20200101T000000Z-aaaa", "of another file");
  await apply({
    root,
    actions: [write(sysctlConf, "new\n", { from: files.basis(sysctlConf) })],
    run: "20261122T165150Z-3f9a" as RunId,
  });
  expect(files.list("/etc/sysctl.d")).toEqual([".other.conf.ctfleet-20200101T000000Z-aaaa", "90-nf_conntrack.conf"]);
});

it("keeps the SELinux context of a file, and asks the policy for a new one's", async () => {
  const { root, ...files } = privateRoot({ [sysctlConf]: "old\n", "/sys/fs/selinux/enforce": "1" });
  for (const tool of ["chcon", "restorecon"])
    files.put(`/bin/${tool}`, `#!/bin/sh\necho ${tool} "$*" >>"${root}/said"\n`, 0o755);
  const actions = [
    write(sysctlConf, "new\n", { from: files.basis(sysctlConf) }),
    write(modprobeConf, "new\n", { from: { kind: "absent" } }),
  ] as const;
  const { result } = await apply({ root, actions, path: `${root}/bin:${process.env["PATH"]}` });
  expect(result.kind).toBe("applied");
  expect(files.read("/said").replaceAll(root, "")).toBe(
    `chcon --reference=${sysctlConf} ${store}/${host.run()}/1/1\nchcon --reference=${sysctlConf} /etc/sysctl.d/.90-nf_conntrack.conf.ctfleet-${host.run()}\nrestorecon ${modprobeConf}\n`,
  );
});
