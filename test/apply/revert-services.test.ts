import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Action, LiveValues } from "../../src/model/action.ts";
import type { NonEmpty, SysctlKey } from "../../src/model/brand.ts";
import { file, key, own } from "./armed-host.ts";
import * as host from "./private-root.ts";
import { apply, hashsizeFile, maxFile, maxKey, privateRoot, sysctlConf } from "./private-root.ts";

const none: LiveValues = { hashsize: undefined, keys: new Map() };
const modules = "nf_conntrack 208896 0 - Live 0x0\nnf_defrag_ipv4 16384 1 nf_conntrack, Live 0x0\n";

const namesOfChildren = (pid: number | undefined): readonly string[] =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8")
    .split(" ")
    .filter((child) => child !== "")
    .map((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim());

/** Modules of a stand-in for modprobe; `$root/on-load` is what loading brings. */
const kernelHost = (files: Readonly<Record<string, string>> = {}) => {
  const found = privateRoot({ "/proc/modules": modules, "/asked": "", ...files });
  found.put("/bin/modprobe", readFileSync(new URL("modprobe.sh", import.meta.url), "utf8"), 0o755);
  const path = `${found.root}/bin:${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, root: found.root, PATH: path };
  return {
    ...found,
    path,
    names: () => [...found.read("/proc/modules").matchAll(/^(\S+)/gm)].map(([name]) => name.trim()).sort(),
    revert: async (shell: readonly string[]) =>
      String(await host.output(host.feed([...shell.slice(0, -1), `${found.root}${own}/revert.sh`, "now"], "", env)))
        .trimEnd()
        .split("\n"),
  };
};

describe.each(host.shells)("put back under $name", ({ command: shell }) => {
  it("a module that was loaded is taken out, unless somebody has come to need it", async () => {
    const actions = [{ kind: "load_module", task: "a module", module: "nf_nat", then: none }] as const;
    const [free, held] = [kernelHost(), kernelHost()];
    for (const one of [free, held]) await apply({ root: one.root, path: one.path, shell, actions });
    held.put("/proc/modules", held.read("/proc/modules").replace("nf_nat 4096 0 -", "nf_nat 4096 1 xt_nat,"));
    expect([await free.revert(shell), free.names()]).toEqual([
      ["back module nf_nat: not loaded"],
      ["nf_conntrack", "nf_defrag_ipv4"],
    ]);
    expect([await held.revert(shell), held.names()]).toEqual([
      ["left module nf_nat: 1 references, used by xt_nat"],
      ["nf_conntrack", "nf_defrag_ipv4", "nf_nat"],
    ]);
  });

  it("a module that was taken out comes back with all its values", async () => {
    const one = kernelHost({ [maxFile]: "65536\n", [hashsizeFile]: "16384\n", [file("generic_timeout")]: "77\n" });
    const actions = [{ kind: "unload_modules", task: "less", modules: ["nf_conntrack"] }] as const;
    await apply({ root: one.root, path: one.path, shell, actions });
    expect(one.names()).toEqual(["nf_defrag_ipv4"]);
    // What the kernel gives a table that is loaded.
    one.put(maxFile, "32768\n");
    one.put(file("generic_timeout"), "600\n");
    expect([await one.revert(shell), one.names()]).toEqual([
      ["back module nf_conntrack: loaded"],
      ["nf_conntrack", "nf_defrag_ipv4"],
    ]);
    expect([maxFile, file("generic_timeout")].map((name) => one.read(name).trim())).toEqual(["65536", "77"]);
  });

  it("values that came after a reload are as they were before it", async () => {
    const one = kernelHost({ [maxFile]: "65536\n", [hashsizeFile]: "8192\n", [file("count")]: "100\n" });
    const keys = new Map([[maxKey as SysctlKey, "262144"]]);
    const actions = [
      {
        kind: "reload_modules",
        task: "activate",
        unload: ["nf_conntrack"],
        load: ["nf_conntrack"],
        then: { hashsize: 65536, keys },
      },
    ] as const;
    await apply({ root: one.root, path: one.path, shell, actions });
    expect([one.read(maxFile), one.read(hashsizeFile)]).toEqual(["262144\n", "65536\n"]);
    expect(await one.revert(shell)).toEqual([`back ${maxKey} 65536`, "back hashsize 8192"]);
    expect([one.read(maxFile), one.read(hashsizeFile)]).toEqual(["65536\n", "8192\n"]);
  });

  it("commands are taken back by their undo, the last first, once; one without it is told", async () => {
    const one = kernelHost({ [sysctlConf]: "old\n", "/said": "" });
    const say = (word: string): NonEmpty<string> => ["sh", "-c", `echo ${word} >>"$root/said"`];
    const command = (
      when: Extract<Action, { kind: "run" }>["when"],
      undo: NonEmpty<string> | undefined = say(`undo ${when}`),
    ): Extract<Action, { kind: "run" }> => ({
      kind: "run",
      task: "a command",
      argv: say(when),
      undo,
      within: 5000,
      when,
    });
    const actions: NonEmpty<Action> = [
      command("before_files"),
      command("after_files"),
      host.write(sysctlConf, "new\n", { from: one.basis(sysctlConf) }),
      command("after_activation"),
      { ...command("after_activation"), argv: ["true", "it's"], undo: undefined },
      { ...command("after_activation"), argv: ["false"] },
      { ...command("after_activation"), argv: ["never"] },
    ];
    const { result } = await apply({ root: one.root, path: one.path, shell, actions });
    expect(result.kind).toBe("failed");
    const before = ["before_files", "after_files", "after_activation"];
    expect(one.read("/said").trim().split("\n")).toEqual(before);
    const report = await one.revert(shell);
    expect(report).toContain("left true it's: it has no undo");
    const undone = ["undo after_activation", "undo after_activation", "undo after_files", "undo before_files"];
    expect(one.read("/said").trim().split("\n")).toEqual([...before, ...undone]);
    expect(one.read(sysctlConf)).toBe("old\n");
    await one.revert(shell);
    expect(one.read("/said").trim().split("\n")).toEqual([...before, ...undone]);
  });

  it("rules are as they were live before a restart, unless somebody has changed them since", async () => {
    const rulesV4 = "/etc/iptables/rules.v4";
    const saved =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
    const again = async (meanwhile: string): Promise<string> => {
      const one = kernelHost({ [rulesV4]: saved, "/run/systemd/system/x": "", [maxFile]: "65536\n" });
      one.put("/bin/systemctl", `#!/bin/sh\n[ "$1" != restart ] || iptables-restore <"$root${rulesV4}"\n`, 0o755);
      const actions = [
        {
          kind: "restart_firewall",
          task: "activate",
          service: "netfilter-persistent",
          evenIf: ["rules_differ"],
          unloads: false,
          then: { hashsize: undefined, keys: new Map([[maxKey as SysctlKey, "65536"]]) },
        },
      ] as const;
      const { after } = await apply({
        root: one.root,
        path: one.path,
        shell,
        actions,
        inside: {
          before: `ln -s /proc/net "$root/proc/net"; iptables -A INPUT -p udp --dport 53 -j ACCEPT`,
          after: `iptables -S INPUT; ${meanwhile}
sh "$root${own}/revert.sh" now; iptables -S INPUT`,
        },
      });
      return after;
    };
    const lo = "-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n";
    const udp = "-P INPUT ACCEPT\n-A INPUT -p udp -m udp --dport 53 -j ACCEPT\n";
    expect(await again(":")).toBe(`${lo}back rules of iptables\n${udp}`);
    expect(await again("iptables -A INPUT -p tcp -j DROP")).toBe(
      `${lo}left rules of iptables: changed by somebody since\n${lo}-A INPUT -p tcp -j DROP\n`,
    );
  });
});

it("waits for a script of ours that is still at work, but not for one that is dead", async () => {
  const one = kernelHost({ [file("generic_timeout")]: "600\n" });
  await apply({ root: one.root, path: one.path, actions: [host.set(key("generic_timeout"), "60", "600")] });
  const stat = `4242 (sh) S 1 ${"0 ".repeat(17)}777 0 0\n`;
  const boot = "11111111-2222-4333-8444-555555555555";
  one.put("/proc/sys/kernel/random/boot_id", `${boot}\n`);
  one.put("/proc/uptime", "500.00 1.00\n");
  one.put("/proc/4242/stat", stat);
  one.put(`/var/lib/ctfleet/${host.run()}/working`, "4242 777\n");
  one.put("/var/lib/ctfleet/pending", `${host.run()} 1 ${boot} 100 60 - x\n`);
  const waits = host.feed(["sh", `${one.root}${own}/revert.sh`, "timer"], "");
  const ended = host.output(waits);
  await expect.poll(() => namesOfChildren(waits.pid), { timeout: 20_000 }).toContain("sleep");
  expect(one.read(file("generic_timeout"))).toBe("60\n");
  one.put("/proc/4242/stat", stat.replace("777", "778"));
  await ended;
  expect(one.read(file("generic_timeout"))).toBe("600\n");
});
