import { describe, expect, it } from "vitest";
import type { Action, LiveValues } from "../../src/model/action.ts";
import type { BootId, RunId, SysctlKey } from "../../src/model/brand.ts";
import { valueOf } from "../../src/model/reading.ts";
import { factsOf } from "./facts.ts";
import type { HostStory } from "./host-story.ts";
import { storyAfter } from "./story-after.ts";

const established = "net.netfilter.nf_conntrack_tcp_timeout_established" as SysctlKey;
const modprobed = { "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=8192\n" };
const nothing: LiveValues = { hashsize: undefined, keys: new Map() };
const reload = (then: LiveValues): Action => ({
  kind: "reload_modules",
  task: "t",
  unload: ["xt_conntrack", "nf_conntrack"],
  load: ["xt_conntrack"],
  then,
});
const after = (story: HostStory, ...actions: readonly Action[]) => factsOf(storyAfter(story, actions));
const names = (facts: ReturnType<typeof factsOf>) => (valueOf(facts.modules.loaded) ?? []).map(({ name }) => name);

describe("a story after its actions", () => {
  const loaded: HostStory = { modules: { xt_conntrack: [], nf_conntrack: ["xt_conntrack"] }, files: modprobed };

  it("has no keys once the module is unloaded", () => {
    const facts = after(loaded, { kind: "unload_modules", task: "t", modules: ["xt_conntrack", "nf_conntrack"] });
    expect(names(facts)).toEqual([]);
    expect(facts.conntrack.keys.size).toBe(0);
    expect([facts.conntrack.max, facts.conntrack.buckets].map(({ kind }) => kind)).toEqual(["absent", "absent"]);
    expect(valueOf(facts.conntrack.state)).toBe("unloaded");
  });

  it("has the hash size of modprobe.d and eight times that as max when the module is loaded", () => {
    const facts = after(
      { state: "unloaded", files: modprobed },
      { kind: "load_module", task: "t", module: "nf_conntrack", then: nothing },
    );
    expect([facts.conntrack.buckets, facts.conntrack.max].map(valueOf)).toEqual([8192, 65536]);
  });

  it("has its sysctl files in force where a udev rule waits for the module", () => {
    const files = {
      ...modprobed,
      "/etc/sysctl.d/a.conf": "net.netfilter.nf_conntrack_max = 50000\n",
      "/etc/udev/rules.d/a.rules": 'ACTION=="add", KERNEL=="nf_conntrack", RUN+="/lib/systemd/systemd-sysctl"\n',
    };
    expect(valueOf(after({ ...loaded, files }, reload(nothing)).conntrack.max)).toBe(50000);
    expect(valueOf(after(loaded, reload(nothing)).conntrack.max)).toBe(65536);
  });

  it("has what a reload was told to set then", () => {
    const then = { hashsize: 16384, keys: new Map([[established, "86400"]]) };
    const facts = after({ ...loaded, keys: { tcp_timeout_established: 5 } }, reload(then));
    expect(valueOf(facts.conntrack.buckets)).toBe(16384);
    expect(facts.conntrack.keys.get(established)).toBe("86400");
    expect(names(facts)).toEqual(expect.arrayContaining(["nf_conntrack", "xt_conntrack"]));
  });

  it("keeps its values when a firewall restarts that unloads nothing", () => {
    const restart: Action = {
      kind: "restart_firewall",
      task: "t",
      service: "ufw",
      evenIf: [],
      unloads: false,
      then: nothing,
    };
    expect(valueOf(after({ ...loaded, max: 7 }, restart).conntrack.max)).toBe(7);
    expect(valueOf(after({ ...loaded, max: 7 }, { ...restart, unloads: true }).conntrack.max)).toBe(65536);
  });

  it("has no trial once it is ended or the host was booted anew", () => {
    const trial = { run: "r", remaining: 60 };
    expect(after({ trial }, { kind: "end_trial", task: "t", run: "r" as RunId }).trial.kind).toBe("absent");
    const reboot: Action = { kind: "reboot", task: "t", from: "b" as BootId, within: 1, stable: 1 };
    const booted = after({ trial, bootId: "b" }, reboot);
    expect(booted.trial.kind).toBe("absent");
    expect(valueOf(booted.kernel.bootId)).not.toBe("b");
  });

  it("has an older image of the boot when modprobe.d was written", () => {
    const write: Action = {
      kind: "write",
      task: "t",
      path: "/etc/modprobe.d/nf_conntrack.conf" as never,
      text: "",
      mode: 0o644,
      uid: 0,
      gid: 0,
      from: { kind: "absent" } as never,
      before: undefined,
      secrets: [],
    };
    const facts = after({ bootImage: { path: "/boot/initrd.img" } }, write);
    expect(valueOf(facts.bootImage.newer)).toEqual(["/etc/modprobe.d/nf_conntrack.conf"]);
  });
});
