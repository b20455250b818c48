import { describe, expect, it } from "vitest";
import * as host from "./private-root.ts";
import { apply, kinds, privateRoot, set } from "./private-root.ts";

const key = (name: string): string => `net.netfilter.nf_conntrack_${name}`;
const file = (name: string): string => `/proc/sys/net/netfilter/nf_conntrack_${name}`;
const store = "/var/lib/ctfleet";
const own = `${store}/${host.run()}`;
const boot = "11111111-2222-4333-8444-555555555555";

/** This kernel's own values, in a network namespace of the script's own: what is set there goes with it. */
const kernel = `rm -r "$root/proc/sys"
ln -s /proc/sys "$root/proc/sys"; ln -s /proc/uptime "$root/proc/uptime"`;
const untilEnd = `turns=200
until [ -e "$root${own}/trial-ended" ] || [ $turns = 0 ]; do sleep 0.1; turns=$((turns - 1)); done`;
const values = (...names: string[]): string => `cat ${names.map((name) => file(name)).join(" ")} | tr '\\n' ' '`;

const current = async (name: string): Promise<string> => {
  const actions = [set(key(name), "none", "none")] as const;
  const { result } = await apply({ root: privateRoot().root, actions, inside: { before: kernel } });
  const found = result.kind === "stale" ? result.stale[0].found : undefined;
  if (found?.kind !== "value") throw new Error(`this kernel has no ${name}`);
  return found.text;
};

describe.each(host.shells)("a trial without systemd under $name", ({ command: shell }) => {
  it("goes back by itself after the session, but for what somebody has set since", async () => {
    const [generic, stream, icmp] = [
      await current("generic_timeout"),
      await current("udp_timeout_stream"),
      await current("icmp_timeout"),
    ];
    const { root, ...files } = privateRoot();
    files.put("/bin/sh", `#!/bin/sh\nexec ${shell.slice(0, -1).join(" ")} "$@"\n`, 0o755);
    const { result, after } = await apply({
      root,
      shell,
      path: `${root}/bin:${process.env["PATH"] ?? ""}`,
      trial: 2,
      actions: [
        set(key("generic_timeout"), "77", generic),
        set(key("udp_timeout_stream"), "88", stream),
        set(key("icmp_timeout"), "020", icmp),
      ],
      inside: {
        before: kernel,
        after: `${values("generic_timeout", "udp_timeout_stream", "icmp_timeout")}
echo 99 >${file("udp_timeout_stream")}
${untilEnd}
${values("generic_timeout", "udp_timeout_stream", "icmp_timeout")}`,
      },
    });
    expect(result).toMatchObject({ kind: "failed", trial: "process" });
    expect(kinds(result)).toEqual(["done", "done", "differs"]);
    expect(after.trim().split(" ")).toEqual(["77", "88", "16", generic, "99", icmp]);
    expect(files.read(`${own}/trial-ended`).split("\n")).toEqual([
      `back ${key("icmp_timeout")} ${icmp}`,
      `left ${key("udp_timeout_stream")} 99: set by somebody since`,
      `back ${key("generic_timeout")} ${generic}`,
      "",
    ]);
    expect(files.list(store)).not.toContain("trial");
  });

  it("leaves a process that holds nothing of the session, and ends by the kernel's seconds alone", async () => {
    const { root, ...files } = privateRoot({
      [file("generic_timeout")]: "600\n",
      "/proc/sys/kernel/random/boot_id": `${boot}\n`,
      "/proc/uptime": "100.50 1.00\n",
    });
    const { result, after } = await apply({
      root,
      shell,
      trial: 1,
      actions: [set(key("generic_timeout"), "60", "600")],
      inside: {
        before: ":",
        after: `read -r pid <"$root${own}/trial-waits"
for fd in 0 1 2; do readlink /proc/$pid/fd/$fd; done
cut -d ' ' -f 6 /proc/$pid/stat | grep -cx $pid
cat "$root${store}/trial"
sleep 1.5
cat "$root${file("generic_timeout")}"
echo '101.40 1.00' >"$root/proc/uptime"
${untilEnd}
cat "$root${file("generic_timeout")}"`,
      },
    });
    expect(result).toMatchObject({ kind: "applied", trial: "process" });
    const null3 = ["/dev/null", "/dev/null", "/dev/null"];
    expect(after.split("\n")).toEqual([...null3, "1", `${host.run()} ${boot} 100 1`, "60", "600", ""]);
    expect([files.mode(own), files.mode(`${own}/trial.sh`)]).toEqual([0o700, 0o600]);
  });
});
