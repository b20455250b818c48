import { describe, expect, it } from "vitest";
import type { Action, LiveValues } from "../../src/model/action.ts";
import type { BootId, HostName, NonEmpty, RunId, SysctlKey } from "../../src/model/brand.ts";
import type { HostReport } from "../../src/model/outcome.ts";
import { dangers } from "../../src/report/dangers.ts";
import { describeAction } from "../../src/report/describe-action.ts";

const nothing: LiveValues = { hashsize: undefined, keys: new Map() };
const both: LiveValues = {
  hashsize: 65536,
  keys: new Map([["net.netfilter.nf_conntrack_max" as SysctlKey, "262144"]]),
};
const reboot: Action = {
  ...{ kind: "reboot", task: "t", within: 600_000, stable: 90_000 },
  from: "a9236eb2-8719-4750-b84b-ddbe7f96aea3" as BootId,
};
const restart = (unloads: boolean): Action => ({
  ...{ kind: "restart_firewall", task: "t", service: "iptables-services", evenIf: [], unloads, then: nothing },
});
const unload: Action = { kind: "unload_modules", task: "t", modules: ["nf_conntrack_netlink", "nf_conntrack"] };
const reload: Action = {
  ...{
    kind: "reload_modules",
    task: "t",
    unload: ["xt_conntrack", "nf_conntrack"],
    load: ["xt_conntrack"],
    then: both,
  },
};

const command = (undo: NonEmpty<string> | undefined): Action => ({
  ...{ kind: "run", task: "t", argv: ["iptables", "-I", "INPUT", "-s", "a b", "-j", "DROP"], undo, within: 30_000 },
  when: "before_files",
});

describe("a change in one line", () => {
  it.each<[Action, string]>([
    [reboot, "reboot (boot a9236eb2... ends; back within 10m, then stable for 90s)"],
    [restart(true), "restart iptables-services: unloads nf_conntrack, every tracked connection is lost"],
    [restart(false), "restart iptables-services: tracked connections stay"],
    [
      { ...restart(true), evenIf: ["docker", "rules_differ"] } as Action,
      "restart iptables-services: unloads nf_conntrack, every tracked connection is lost; even if: docker, rules_differ",
    ],
    [unload, "unload nf_conntrack_netlink, nf_conntrack"],
    [{ kind: "load_module", task: "t", module: "nf_conntrack", then: nothing }, "load nf_conntrack"],
    [
      { kind: "load_module", task: "t", module: "nf_conntrack", then: both },
      "load nf_conntrack; then, where that does not bring them: hashsize = 65536, net.netfilter.nf_conntrack_max = 262144",
    ],
    [
      reload,
      "reload xt_conntrack (unloads xt_conntrack, nf_conntrack): every tracked connection is lost; then, where that does not bring them: hashsize = 65536, net.netfilter.nf_conntrack_max = 262144",
    ],
    [
      { kind: "end_trial", task: "t", run: "20260101T000000Z-0000abcd" as RunId },
      "end the trial of run 20260101T000000Z-0000abcd: its values stay",
    ],
    [command(undefined), "run iptables -I INPUT -s 'a b' -j DROP (before the files); nothing takes it back"],
    [
      command(["iptables", "-D", "INPUT", "1"]),
      "run iptables -I INPUT -s 'a b' -j DROP (before the files); taken back by iptables -D INPUT 1",
    ],
  ])("%#: %j", (action, line) => {
    expect(describeAction(action)).toBe(line);
  });
});

describe("what is said before anything is asked", () => {
  const pending = (name: string, ...actions: readonly Action[]): HostReport => ({
    name: name as HostName,
    outcome: { kind: "drifted", actions, needs: [] },
    findings: [],
  });

  it("counts and names the hosts that reboot, lose connections, or have their firewall restarted", () => {
    const hosts = [
      pending("web1", reboot),
      pending("web2", reboot),
      pending("gw1", restart(true)),
      pending("gw2", unload),
    ];
    const commands = [pending("gw4", command(undefined)), pending("gw5", command(["true"]))];
    expect(dangers([...hosts, pending("gw3", restart(false)), ...commands])).toEqual([
      "2 hosts to be REBOOTED: web[1-2]",
      "2 hosts to LOSE EVERY TRACKED CONNECTION: gw[1-2]",
      "1 host whose firewall is restarted, tracked connections stay: gw3",
      "1 host to run a command that nothing takes back (no undo): gw4",
    ]);
  });

  it("is nothing where only values change, or where hosts are as they should be", () => {
    const set: Action = { kind: "set_hashsize", task: "t", from: 1, to: 2 };
    const aux: Action = { kind: "unload_modules", task: "t", modules: ["nf_conntrack_netlink"] };
    const fine: HostReport = { name: "web9" as HostName, outcome: { kind: "compliant" }, findings: [] };
    expect(dangers([pending("web1", set, aux), fine])).toEqual([]);
  });
});
