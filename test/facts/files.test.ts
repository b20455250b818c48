import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostPath } from "../../src/model/brand.ts";
import { nonce, oddFolder, probe, request, shellNames } from "./probing.ts";
import { plantTree } from "./tree.ts";

const odd: Record<string, Buffer> = {
  empty: Buffer.from(""),
  "no line feed": Buffer.from("a=1"),
  "nul inside": Buffer.from("a\0b\n"),
  "not utf-8": Buffer.from([0xff, 0xfe, 0x0a]),
  "a frame": Buffer.from(`@${nonce} end 0\n\n@${nonce} kinds 3\nabc\n`),
  "it's $(odd) *": Buffer.from("x\r\n\n\n"),
  "ümläut?": Buffer.from("ä\n"),
};

describe.each(shellNames)("managed files under %s", (shell) => {
  const root = oddFolder();
  mkdirSync(join(root, "etc"));
  for (const [name, bytes] of Object.entries(odd)) writeFileSync(join(root, "etc", name), bytes);
  const states = (...paths: readonly string[]) => {
    const { files } = probe(request({ root, files: paths }), { shell });
    return paths.map((path) => files.get(path as HostPath));
  };

  it("come byte for byte, whatever they hold", () => {
    const paths = Object.keys(odd).map((name) => `/etc/${name}`);
    expect(states(...paths)).toEqual(
      Object.values(odd).map((bytes) => {
        const isText = !bytes.includes(0) && !bytes.includes(0xff);
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        return expect.objectContaining({
          kind: "regular",
          sha256,
          text: isText ? bytes.toString() : undefined,
        }) as object;
      }),
    );
  });

  it("have their mode, owner and links", () => {
    writeFileSync(join(root, "etc/mode"), "x");
    chmodSync(join(root, "etc/mode"), 0o4750);
    linkSync(join(root, "etc/mode"), join(root, "etc/second"));
    const [uid, gid] = [process.getuid?.(), process.getgid?.()];
    expect(states("/etc/mode")).toMatchObject([{ mode: 0o4750, links: 2, uid, gid }]);
  });

  it("are said to be odd, missing or too large", () => {
    symlinkSync("/etc/passwd", join(root, "etc/link"));
    symlinkSync("nowhere", join(root, "etc/dangling"));
    spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", join(root, "etc/fifo")]);
    writeFileSync(join(root, "etc/large"), Buffer.alloc(262_145, 0x61));
    writeFileSync(join(root, "etc/largest"), Buffer.alloc(262_144, 0x61));
    const paths = ["link", "dangling", "fifo", "large", "largest", "absent", "no/folder", "a frame/below"];
    expect(states("/etc", ...paths.map((path) => `/etc/${path}`))).toMatchObject([
      { kind: "odd", what: "folder" },
      { kind: "odd", what: "symbolic link" },
      { kind: "odd", what: "symbolic link" },
      { kind: "odd", what: "special file" },
      { kind: "too_large", size: 262_145 },
      { kind: "regular" },
      { kind: "absent", folder: true },
      { kind: "absent", folder: false },
      { kind: "absent", folder: false },
    ]);
  });
});

describe("managed files", () => {
  it("come byte for byte for any bytes", () => {
    const root = oddFolder();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (contents) => {
        const paths = contents.map((bytes, at) => {
          writeFileSync(join(root, String(at)), bytes);
          return `/${at}`;
        });
        const { files } = probe(request({ root, files: paths }), { shell: "dash" });
        expect([...files.values()].map((state) => "sha256" in state && state.sha256)).toEqual(
          contents.map((bytes) => createHash("sha256").update(bytes).digest("hex")),
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(shellNames)("configuration under %s", (shell) => {
  it("is found under odd names, and names that cannot be printed are left out and said", () => {
    const root = oddFolder();
    mkdirSync(join(root, "etc/sysctl.d"), { recursive: true });
    const line = "nf_conntrack_max=1 # größer\n";
    for (const name of ["a:3:b.conf", "it's $x *.conf", "two\nlines.conf", "esc\u001b[2J.conf"])
      writeFileSync(join(root, "etc/sysctl.d", name), line);
    writeFileSync(join(root, "etc/sysctl.d/nul.conf"), `nf_conntrack\0\n`);
    const { config } = probe(request({ root }), { shell });
    expect(config.lines.filter(({ file }) => !file.endsWith("nul.conf"))).toEqual(
      ["a:3:b.conf", "it's $x *.conf"].map((name) => ({ file: `/etc/sysctl.d/${name}`, line: 1, text: line.trim() })),
    );
    expect(config.unreadable).toContain("/etc/sysctl.d: a name with control characters");
    expect(config.files).toEqual(["a:3:b.conf", "it's $x *.conf", "nul.conf"].map((name) => `/etc/sysctl.d/${name}`));
  });

  it("in a file that is not text is shown or said to be unreadable, never hidden", () => {
    const root = oddFolder();
    const paths = ["etc/sysctl.d/nul.conf", "etc/modprobe.d/a: b.conf", "etc/udev/rules.d/nul.rules"];
    plantTree(root, Object.fromEntries(paths.map((path) => [path, "# nf_conntrack\n\0\n"])));
    const { config } = probe(request({ root }), { shell });
    const shown = config.lines.map(({ file }) => file);
    expect([...new Set([...shown, ...config.unreadable])].toSorted()).toEqual(
      paths.map((path) => `/${path}`).toSorted(),
    );
    // Only busybox's grep prints lines of such a file.
    if (shell !== "busybox") expect(shown).toEqual([]);
  });

  it("is not looked for in what may never end", () => {
    const root = oddFolder();
    plantTree(root, {
      "etc/sysctl.d/10-off.conf": { link: "/dev/null" },
      "etc/sysctl.d/20-zero.conf": { link: "/dev/zero" },
      "etc/sysctl.d/40-link.conf": { link: "../real" },
      "etc/real": "nf_conntrack_max=1\n",
      "etc/ufw/ufw.conf": { link: "/dev/zero" },
      "etc/tuned": { folder: true },
    });
    for (const pipe of ["etc/sysctl.d/30-pipe.conf", "etc/os-release", "etc/passwd", "etc/tuned/active_profile"])
      spawnSync("mkfifo", [join(root, pipe)]);
    const facts = probe(request({ root, owners: { users: ["root"], groups: [] } }), { shell });
    expect(facts.config.unreadable).toEqual(["/etc/sysctl.d/20-zero.conf", "/etc/sysctl.d/30-pipe.conf"]);
    expect(facts.config.files).toContain("/etc/sysctl.d/10-off.conf");
    expect(facts.config.lines.map(({ file }) => file)).toEqual(["/etc/sysctl.d/40-link.conf"]);
  });
});
