import { describe, expect, it } from "vitest";
import { absent, read } from "../../src/model/reading.ts";
import { oddFolder, probe, request } from "./probing.ts";
import { plantTree, type Tree } from "./tree.ts";

const boot = "a9236eb2-8719-4750-b84b-ddbe7f96aea3";
const host: Tree = {
  "proc/1/comm": "systemd\n",
  "proc/sys/kernel/random/boot_id": `${boot}\n`,
  "proc/uptime": "5000.00 1.00\n",
  "proc/sys/kernel/osrelease": "6.6.41-0-lts\n",
  "run/systemd/system": { folder: true },
};

const factsOf = (tree: Tree) => {
  const root = oddFolder();
  plantTree(root, { ...host, ...tree });
  return probe(request({ root }), { shell: "dash" });
};

describe("locks against a shutdown", () => {
  const lock = (text: string) => factsOf({ "run/systemd/inhibit/7": text }).power.inhibitors;

  it("count in the mode block alone", () => {
    expect(lock("WHAT=shutdown\nMODE=block\nWHO=a\nWHY=b\n")).toEqual(read([{ who: "a", why: "b" }]));
    for (const mode of ["delay", "block-weak", ""])
      expect(lock(`WHAT=shutdown\nMODE=${mode}\nWHO=a\nWHY=b\n`)).toEqual(read([]));
    expect(lock("WHAT=sleep:idle\nMODE=block\nWHO=a\nWHY=b\n")).toEqual(read([]));
  });

  it("come without systemd's escapes, and without what could steer a terminal", () => {
    const who = String.raw`a\\b \"c\" \047d\047 \x41\342\202\254 ü`;
    const why = String.raw`\033]0;x\a\nnext\302\233 line\q`;
    expect(lock(`WHAT=shutdown:idle\nMODE=block\nWHO=${who}\nWHY=${why}\n`)).toEqual(
      read([{ who: `a\\b "c" 'd' A€ ü`, why: "]0;x  next  line\\q" }]),
    );
  });

  it("are absent where there is no systemd, and none where nobody holds any", () => {
    expect(factsOf({}).power.inhibitors).toEqual(read([]));
    const root = oddFolder();
    expect(probe(request({ root }), { shell: "dash" }).power).toMatchObject({ inhibitors: absent, masked: absent });
  });
});

describe("work on packages", () => {
  const workOf = (tree: Tree) => factsOf(tree).power.packageWork;

  it("is what runs, but not the service that waits for a shutdown", () => {
    expect(workOf({ "proc/7/comm": "unattended-upgr\n", "proc/8/comm": "packagekitd\n" })).toEqual(read([]));
    expect(workOf({ "proc/7/comm": "apt.systemd.dai\n" })).toEqual(read(["apt.systemd.daily"]));
    expect(factsOf({ "proc/7/comm": "dnf\n" }).rivals).toEqual(read([]));
  });

  it("is dpkg's journal, if dpkg left one", () => {
    expect(workOf({ "var/lib/dpkg/updates/tmp.i": "" })).toEqual(read([]));
    expect(workOf({ "var/lib/dpkg/updates/0000": "" })).toEqual(read(["dpkg: interrupted"]));
  });

  it("is unreadable where processes are hidden, unless something is seen all the same", () => {
    const root = oddFolder();
    plantTree(root, { "proc/7/comm": "sh\n" });
    expect(probe(request({ root }), { shell: "dash" }).power.packageWork.kind).toBe("unreadable");
    plantTree(root, { "var/lib/dpkg/updates/0000": "" });
    expect(probe(request({ root }), { shell: "dash" }).power.packageWork).toEqual(read(["dpkg: interrupted"]));
  });
});

describe("a reboot", () => {
  const maskedBy = (tree: Tree) => factsOf(tree).power.masked;

  it("is masked by a link to /dev/null or an empty file, of its target or its service", () => {
    expect(maskedBy({})).toEqual(read(false));
    expect(maskedBy({ "etc/systemd/system/reboot.target": "" })).toEqual(read(true));
    expect(maskedBy({ "run/systemd/system/reboot.target": { link: "/dev/null" } })).toEqual(read(true));
    expect(maskedBy({ "run/systemd/system/systemd-reboot.service": { link: "/dev/null" } })).toEqual(read(true));
  });
});

describe("a trial", () => {
  const trialOf = (line: string) => factsOf({ "var/lib/ctfleet/trial": `${line}\n` }).trial;

  it("has what is left of it, never less than nothing", () => {
    expect(trialOf(`r-1 ${boot} 4000.25 1500`)).toEqual(read({ run: "r-1", remaining: 500 }));
    expect(trialOf(`r-1 ${boot} 100 60`)).toEqual(read({ run: "r-1", remaining: 0 }));
  });

  it("of an earlier boot is over", () => {
    expect(trialOf(`r-1 ${boot.replace("a", "b")} 4000 1500`)).toEqual(absent);
  });

  it.each(["", "r-1", `r-1 ${boot} 4000`, `r-1 ${boot} 4000 -5`, `r 1 ${boot} 4000 5`])(
    "in an odd line is unreadable: %j",
    (line) => {
      expect(trialOf(line).kind).toBe("unreadable");
    },
  );
});

describe("the image of the boot", () => {
  const old = { text: "cpio\n", modified: "2020-01-01T00:00:00Z" };
  const imageOf = (tree: Tree) => factsOf(tree).bootImage;

  it.each([
    "boot/initrd.img-6.6.41-0-lts",
    "boot/initramfs-6.6.41-0-lts.img",
    "boot/initrd-6.6.41-0-lts",
    "boot/initramfs-lts",
    "boot/5c0ffee/6.6.41-0-lts/initrd",
    "boot/initramfs-linux-lts.img",
    "boot/initramfs-linux.img",
  ])("is found as /%s", (path) => {
    expect(imageOf({ [path]: old, "boot/initrd.img-5.10.0": old }).path).toEqual(read(`/${path}`));
  });

  it("is absent where there is none, and so is what is newer", () => {
    expect(imageOf({ "boot/initrd.img-5.10.0": old, "etc/modprobe.d/a.conf": "" })).toEqual({
      path: absent,
      newer: absent,
      loads: [],
    });
  });

  it("is older than files written after it, but not than a name that is switched off", () => {
    const image = "boot/initramfs-lts";
    const tree: Tree = {
      [image]: old,
      "etc/modprobe.d/old.conf": { text: "", modified: "2019-01-01T00:00:00Z" },
      "etc/modprobe.d/new.conf": "",
      "usr/lib/sysctl.d/it's new.conf": "",
      "etc/sysctl.d/off.conf": { link: "/dev/null" },
      "etc/modules-load.d/new.conf": "nf_conntrack\n",
    };
    const newer = ["/etc/modprobe.d/new.conf", "/usr/lib/sysctl.d/it's new.conf"];
    expect(imageOf(tree)).toEqual({ path: read(`/${image}`), newer: read(newer), loads: [] });
  });

  it("loads what modules-load.d had when dracut made it, and nothing of that where another tool did", () => {
    const tree: Tree = {
      "boot/initramfs-6.6.41-0-lts.img": { text: "cpio\n", modified: "2024-01-01T00:00:00Z" },
      "etc/modules-load.d/a.conf": { text: "nf_conntrack\n", modified: "2023-01-01T00:00:00Z" },
      "etc/modules-load.d/b.conf": { text: "ip_vs\n", modified: "2025-01-01T00:00:00Z" },
    };
    expect(imageOf(tree).loads).toEqual([]);
    expect(imageOf({ ...tree, "usr/lib/dracut/modules.d/00systemd/module-setup.sh": "" }).loads).toEqual([
      { file: "/etc/modules-load.d/a.conf", line: 1, text: "nf_conntrack" },
    ]);
  });
});
