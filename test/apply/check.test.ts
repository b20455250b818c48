import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
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

type Odd = { readonly target: string; readonly before: string; readonly because: string; readonly cleanup?: string };
const oddTargets = JSON.parse(
  readFileSync(new URL("../cases/apply/odd-targets.json", import.meta.url), "utf8"),
) as Odd[];

/** What stands on the host, but for the time stamps of folders. */
const listing = `(cd "$root/etc" && find . -printf '%p %M %u %g %n %l' \\( -type d -o -printf ' %T@' \\) -printf '\\n' | sort; ls -A "$root/var/lib")`;
const prepare = `file=$root${sysctlConf} folder=$root/etc/sysctl.d\n`;
/** The real mount points as a process with this root sees them; mountinfo writes a space as four characters. */
const mountinfo = `\nsed "s# $(printf %s "$root" | sed 's/ /..../g')/# /#g" /proc/self/mountinfo >"$root/proc/self/mountinfo"`;

describe.each(host.shells)("the check under $name", ({ command: shell }) => {
  it.each(oddTargets)("refuses $target and changes nothing", async ({ before, because, cleanup = ":" }) => {
    const { root, ...files } = privateRoot({
      [sysctlConf]: "old\n",
      "/etc/other.conf": "old\n",
      "/etc/sysctl.d/real.conf": "old\n",
    });
    const from = files.basis(sysctlConf);
    const sound = write(modprobeConf, "new\n", { from: { kind: "absent" } });
    const { result, after } = await apply({
      root,
      shell,
      actions: [sound, write(sysctlConf, "new\n", { from })],
      inside: {
        before: `${prepare}${before}${mountinfo}\n${listing} >"$root/first"`,
        after: `${listing} | cmp - "$root/first" && echo same; ${cleanup}`,
      },
    });
    expect(result).toMatchObject({ kind: "refused", refusals: [{ because, action: { path: sysctlConf } }] });
    expect(after).toBe("same\n");
  });

  it("finds every difference from what was planned, and changes nothing", async () => {
    const { root, ...files } = privateRoot({
      "/etc/a": "old",
      "/etc/b": "old",
      "/etc/c": "old",
      [maxFile]: "65536\n",
      [host.hashsizeFile]: "9\n",
    });
    const from = files.basis("/etc/a");
    files.put("/etc/a", "edited");
    files.put("/etc/new", "made meanwhile");
    const mode = { ...from, mode: 0o600 };
    const [edited, made] = [files.basis("/etc/a"), files.basis("/etc/new")];
    const before = files.tree();
    const { result } = await apply({
      root,
      shell,
      actions: [
        write("/etc/a", "new", { from }),
        remove("/etc/b", mode),
        write("/etc/gone", "new", { from }),
        write("/etc/new", "new", { from: { kind: "absent" } }),
        write("/etc/c", "new", { from }),
        setHashsize(16384, 8192),
        set(maxKey, "262144", "131072"),
        set("net.netfilter.nf_conntrack_missing", "1", "0"),
      ],
    });
    expect(result.kind === "stale" && result.stale.map(({ found }) => found)).toEqual([
      edited,
      from,
      { kind: "absent" },
      made,
      { kind: "value", text: "9" },
      { kind: "value", text: "65536" },
      { kind: "absent" },
    ]);
    expect(files.tree()).toEqual(before);
  });
});

it("finds the place of a key by its name alone, on kernels with ip_conntrack too", async () => {
  const old = "/sys/module/ip_conntrack/parameters/hashsize";
  const dotted = "/proc/sys/net/ipv4/conf/eth0.1/forwarding";
  const { root, ...files } = privateRoot({ [old]: "8192\n", [dotted]: "0\n" });
  const { result } = await apply({
    root,
    actions: [setHashsize(16384, 8192), set("net.ipv4.conf.eth0/1.forwarding", "1", "0")],
  });
  expect(result.kind).toBe("applied");
  expect([files.read(old), files.read(dotted)]).toEqual(["16384\n", "1\n"]);
});

it("refuses a file that cannot be hashed, with the reason", async () => {
  const { root, ...files } = privateRoot({ [sysctlConf]: "old\n" });
  files.put("/bin/sha256sum", "#!/bin/sh\necho no sums today >&2\nexit 1\n", 0o755);
  const action = write(sysctlConf, "new\n", { from: files.basis(sysctlConf) });
  const { result } = await apply({ root, actions: [action], path: `${root}/bin:${process.env["PATH"]}` });
  expect(result).toEqual({ kind: "refused", refusals: [{ action, because: "unreadable", detail: "no sums today" }] });
  expect(files.read(sysctlConf)).toBe("old\n");
});
