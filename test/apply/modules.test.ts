import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/apply/failure-of.ts";
import type { Action, LiveValues } from "../../src/model/action.ts";
import type { NonEmpty, SysctlKey } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { apply, hashsizeFile, kinds, maxFile, maxKey, privateRoot } from "./private-root.ts";

const modprobe = readFileSync(new URL("modprobe.sh", import.meta.url), "utf8");
const loaded = `nf_nat 57344 1 xt_nat, Live 0x0
xt_nat 16384 0 - Live 0x0
nf_conntrack 208896 1 nf_nat, Live 0x0
nf_defrag_ipv4 16384 1 nf_conntrack, Live 0x0
`;
const order = ["xt_nat", "nf_nat", "nf_conntrack"] as const;

const kernelHost = (files: Readonly<Record<string, string>> = {}) => {
  const found = privateRoot({ "/proc/modules": loaded, "/asked": "", ...files });
  found.put("/bin/modprobe", modprobe, 0o755);
  const path = `${found.root}/bin:${process.env["PATH"] ?? ""}`;
  const names = (): readonly string[] =>
    [...found.read("/proc/modules").matchAll(/^(\S+)/gm)].map(([name]) => name).sort();
  return { ...found, path, names, asked: () => found.read("/asked").trim().split("\n") };
};

const nothing: LiveValues = { hashsize: undefined, keys: new Map() };
const load = (module: string, then = nothing): Action => ({ kind: "load_module", task: "a module", module, then });
const unload = (modules: NonEmpty<string>): Action => ({ kind: "unload_modules", task: "less", modules });
const reload = (then: Partial<LiveValues> = {}): Action => ({
  kind: "reload_modules",
  task: "activate",
  unload: order,
  load: ["nf_conntrack", "nf_nat", "xt_nat"],
  then: { ...nothing, ...then },
});

describe.each(host.shells)("modules under $name", ({ command: shell }) => {
  it("loads one that is not there, and leaves alone one that is", async () => {
    const { root, path, ...files } = kernelHost();
    const actions = [load("nf-conntrack"), load("nf_conntrack_netlink")] as const;
    const { result } = await apply({ root, path, shell, actions });
    expect(kinds(result)).toEqual(["already", "done"]);
    expect([files.asked(), files.names()]).toEqual([
      ["nf_conntrack_netlink"],
      ["nf_conntrack", "nf_conntrack_netlink", "nf_defrag_ipv4", "nf_nat", "xt_nat"],
    ]);
  });

  it("unloads in the order of the plan, and nothing the second time", async () => {
    const { root, path, ...files } = kernelHost();
    for (const kind of ["done", "already"])
      expect(kinds((await apply({ root, path, shell, actions: [unload(order)] })).result)).toEqual([kind]);
    expect([files.asked(), files.names()]).toEqual([order.map((name) => `-r ${name}`), ["nf_defrag_ipv4"]]);
  });

  it("reloads, and sets the values that the reload did not bring", async () => {
    const key = "net.netfilter.nf_conntrack_generic_timeout" as SysctlKey;
    const missing = "net.absent.nf_conntrack" as SysctlKey;
    const keyFile = "/proc/sys/net/netfilter/nf_conntrack_generic_timeout";
    const { root, path, ...files } = kernelHost({ [maxFile]: "65536\n", [hashsizeFile]: "8192\n", [keyFile]: "60\n" });
    const keys = new Map([
      [maxKey as SysctlKey, "262144"],
      [key, "60"],
      [missing, "1"],
    ]);
    const { result } = await apply({ root, path, shell, actions: [reload({ hashsize: 65536, keys })] });
    expect(result).toMatchObject({
      kind: "failed",
      steps: [
        {
          result: { kind: "done" },
          values: [
            { name: "hashsize", result: { kind: "done" } },
            { name: maxKey, result: { kind: "done" } },
            { name: key, result: { kind: "already" } },
            { name: missing, result: { kind: "failed" } },
          ],
        },
      ],
    });
    expect(failureOf(result)).toMatchObject({ code: "set_failed", detail: expect.stringContaining(missing) as string });
    expect([files.read(hashsizeFile), files.read(maxFile)]).toEqual(["65536\n", "262144\n"]);
    expect(files.read(`/var/lib/ctfleet/${host.run()}/1/manifest`).split("\n")).toEqual([
      "ctfleet backup 1",
      "reload_modules 1 xt_nat nf_nat nf_conntrack",
      "hashsize 1 8192",
      `set 1 ${maxKey} 65536`,
      `set 1 ${key} 60`,
      "",
    ]);
  });

  it("loads again what it took out when a later module is held, with the kernel's words and the holders", async () => {
    const { root, path, ...files } = kernelHost({ "/stuck": "" });
    // Held from the moment that the first one is gone: the check could not see it.
    const held = `#!/bin/sh
sed 's/^nf_nat 57344 1 xt_nat,/nf_nat 57344 3 nft_chain_nat,/' "$root/proc/modules" >"$root/held"
[ "$*" != '-r nf_nat' ] || cp "$root/held" "$root/proc/modules"
[ "$*" != '-r nf_nat' ] || sed -i 's/^nf_nat 57344 0 -/nf_nat 57344 3 nft_chain_nat,/' "$root/proc/modules"
exec "$root/bin/real-modprobe" "$@"
`;
    files.put("/bin/real-modprobe", modprobe, 0o755);
    files.put("/bin/modprobe", held, 0o755);
    const { result } = await apply({ root, path, shell, actions: [reload(), load("never_tried")] });
    expect(result).toMatchObject({
      kind: "failed",
      steps: [
        {
          result: {
            kind: "busy",
            module: "nf_nat",
            references: 3,
            holders: ["nft_chain_nat"],
            error: "modprobe: FATAL: Module nf_nat is in use.",
          },
        },
        { result: { kind: "not_tried" } },
      ],
    });
    expect(failureOf(result)).toMatchObject({ code: "module_busy", sent: true });
    expect(files.asked()).toEqual(["-r xt_nat", "-r nf_nat", "xt_nat"]);
    expect(files.names()).toContain("xt_nat");
  });

  it("says which module could not be loaded after a reload", async () => {
    const { root, path } = kernelHost({ "/missing": "nf_nat\n", "/proc/modules": loaded });
    const actions = [{ ...reload(), unload: ["xt_nat"] } as Action] as const;
    const { result } = await apply({ root, path, shell, actions });
    expect(result).toMatchObject({
      steps: [{ result: { kind: "failed", error: expect.stringContaining("not found") as string } }],
    });
    expect(failureOf(result)).toMatchObject({ code: "reload_failed" });
  });
});

describe("the check of modules", () => {
  const check = async (actions: NonEmpty<Action>, files: Readonly<Record<string, string>>) => {
    const { root, path, ...found } = kernelHost(files);
    const before = found.tree();
    const { result } = await apply({ root, path, actions });
    expect([found.asked(), found.tree()]).toEqual([[""], before]);
    return result;
  };

  it("refuses a module that more hold than was planned, and names them", async () => {
    const result = await check([unload(["nf_conntrack"])], {});
    expect(result).toMatchObject({
      kind: "refused",
      refusals: [{ because: "in_use", detail: "nf_conntrack: 1 references, used by nf_nat" }],
    });
    expect(failureOf(result)).toMatchObject({ code: "module_busy", sent: false });
  });

  it("refuses a module that rules hold: references without a name", async () => {
    const rules = loaded.replace("xt_nat 16384 0", "xt_nat 16384 2");
    expect(await check([reload()], { "/proc/modules": rules })).toMatchObject({
      refusals: [{ because: "in_use", detail: "xt_nat: 2 references, used by -" }],
    });
  });

  it("takes a module that is gone for stale", async () => {
    const gone = loaded.replace(/^xt_nat .*\n/m, "").replace("1 xt_nat,", "0 -");
    expect(await check([unload(order)], { "/proc/modules": gone })).toMatchObject({
      kind: "stale",
      stale: [{ found: { kind: "value", text: "not loaded: xt_nat" } }],
    });
  });

  it("takes a module that has come meanwhile for stale, where its values were planned with it", async () => {
    const action = load("nf_conntrack", { hashsize: 65536, keys: new Map() });
    expect(await check([action], {})).toMatchObject({
      kind: "stale",
      stale: [{ found: { kind: "value", text: "nf_conntrack is loaded" } }],
    });
  });

  it("refuses where modules may not be changed until a reboot", async () => {
    const locked = { "/proc/sys/kernel/modules_disabled": "1\n" };
    expect(await check([load("br_netfilter")], locked)).toMatchObject({ refusals: [{ because: "modules_locked" }] });
    expect(await check([reload()], locked)).toMatchObject({ refusals: [{ because: "modules_locked" }] });
  });
});

it("gives up a modprobe that hangs, kills it, and does not wait for it", async () => {
  const { root, path, ...files } = kernelHost({ "/stuck": "nf_nat\n" });
  const { result } = await apply({ root, path, actions: [unload(order)] });
  expect(result).toMatchObject({
    steps: [
      { result: { kind: "failed", error: expect.stringMatching(/-r nf_nat did not end within \d+ s/) as string } },
    ],
  });
  expect(failureOf(result)).toMatchObject({ code: "reload_failed", sent: true });
  expect(files.asked()).toEqual(["-r xt_nat", "-r nf_nat"]);
  expect(() => process.kill(Number(files.read("/stuck-pid")), 0)).toThrow("ESRCH");
});
