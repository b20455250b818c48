import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { failureOf } from "../../src/apply/failure-of.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
import { predictRestart } from "../../src/conntrack/predict.ts";
import type { Action } from "../../src/model/action.ts";
import type { RunId, SysctlKey } from "../../src/model/brand.ts";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, factsOf, layOut, track } from "./guest.ts";

/** A play plans this only for a service whose restart brings values; this one's does not, so the script is sent as it is. */
const restart: Action = {
  kind: "restart_firewall",
  task: "activate",
  service: "netfilter-persistent",
  evenIf: [],
  unloads: false,
  then: { hashsize: undefined, keys: new Map([["net.netfilter.nf_conntrack_max" as SysctlKey, "48000"]]) },
};
const send = async (vm: Vm) => {
  const request = {
    nonce: "0".repeat(32),
    run: "20200101T000000Z-00000000" as RunId,
    root: "",
    owner: "the proof",
    actions: [restart] as const,
  };
  const result = parseApply(Buffer.from(await vm.run("sh -s", buildApply(request))), request);
  return { kind: result.kind, failure: failureOf(result) };
};
const startedAt = (vm: Vm) => vm.run("systemctl show -p ActiveEnterTimestampMonotonic netfilter-persistent");

let vm: Vm;
beforeAll(async () => {
  vm = await startVm();
  await layOut(vm.run, { "/etc/sysctl.d/90-nf_conntrack.conf": "net.netfilter.nf_conntrack_max = 50000\n" });
  await track(vm.run);
  await vm.run("netfilter-persistent save; sysctl -qw net.netfilter.nf_conntrack_max=45000");
});
afterAll(() => vm.stop());

describe("a restart of netfilter-persistent", () => {
  it("keeps the module and its values, as predicted", async () => {
    const before = await conntrackValues(vm.run);
    const next = predictRestart(await factsOf(vm.run));
    await vm.run("systemctl restart netfilter-persistent");
    expect(await conntrackValues(vm.run)).toEqual(before);
    expect({ max: next?.max.value, hashsize: next?.buckets.value }).toEqual({ max: 45_000, hashsize: before.hashsize });
  });

  it("by ctfleet is refused while live rules are not the saved ones, and takes none away", async () => {
    await vm.run("iptables -w 10 -A INPUT -s 192.0.2.1 -j DROP");
    const before = await startedAt(vm);
    expect(await send(vm)).toMatchObject({ kind: "refused", failure: { code: "rules_differ" } });
    expect(await startedAt(vm)).toBe(before);
    expect(await vm.run("iptables -S INPUT")).toContain("192.0.2.1");
  });

  it("by ctfleet is done where they are the same, and then sets the values", async () => {
    await vm.run("netfilter-persistent save");
    const before = await startedAt(vm);
    expect(await send(vm)).toEqual({ kind: "applied", failure: undefined });
    expect(await startedAt(vm)).not.toBe(before);
    expect(await vm.run("iptables -S INPUT")).toContain("192.0.2.1");
    expect((await conntrackValues(vm.run)).max).toBe(48_000);
  });
});
