import { describe, expect, it } from "vitest";
import * as host from "./private-root.ts";
import { apply, maxKey, privateRoot, set, setHashsize } from "./private-root.ts";

/** The running kernel's values as a network namespace of our own has them: some may be set, some may not. */
const kernel = `rm -r "$root/proc/sys" "$root/sys/module"
ln -s /proc/sys "$root/proc/sys"; ln -s /sys/module "$root/sys/module"
mount -t sysfs none /sys 2>/dev/null`;
const value = async (key: string): Promise<string> => {
  const { result } = await apply({
    root: privateRoot().root,
    actions: [set(key, "none", "none")],
    inside: { before: kernel },
  });
  const found = result.kind === "stale" ? result.stale[0].found : undefined;
  if (found?.kind !== "value") throw new Error(`this kernel has no ${key}`);
  return found.text;
};

describe.each(host.shells)("live values of a real kernel under $name", ({ command: shell }) => {
  it("goes on after a key that is refused, and says for each why", async () => {
    const [established, generic, max] = [
      "net.netfilter.nf_conntrack_tcp_timeout_established",
      "net.netfilter.nf_conntrack_generic_timeout",
      maxKey,
    ];
    const [before, size] = [await value(generic), await value("net.netfilter.nf_conntrack_buckets")];
    const actions = [
      setHashsize(Number(size) * 2, Number(size)),
      set(max, "123456", await value(max)),
      set(generic, "oops", before),
      set("net.netfilter.nf_conntrack_udp_timeout", "020", await value("net.netfilter.nf_conntrack_udp_timeout")),
      set(established, "54000", await value(established)),
    ] as const;
    const { result } = await apply({ root: privateRoot().root, shell, actions, inside: { before: kernel } });
    expect(result.kind === "failed" && result.steps.map((step) => step.result)).toEqual([
      { kind: "failed", error: expect.stringMatching(/not supported/i) as string },
      { kind: "failed", error: expect.stringMatching(/permission denied/i) as string },
      { kind: "failed", error: expect.stringMatching(/invalid argument/i) as string },
      { kind: "differs", found: "16" },
      { kind: "done" },
    ]);
  });
});
