import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, differing, etcOf } from "./guest.ts";

const remove = join(import.meta.dirname, "../../playbooks/remove-conntrack.yaml");

let vm: Vm;
beforeAll(async () => {
  vm = await startVm();
});
afterAll(() => vm.stop());

describe("the removal of connection tracking", () => {
  it("is refused while a NAT rule needs it, and touches nothing", async () => {
    await vm.run("iptables -w 10 -t nat -A POSTROUTING -o lo -j MASQUERADE");
    const before = { etc: await etcOf(vm.run), kernel: await conntrackValues(vm.run) };
    const applied = await vm.ctfleet(["apply", remove, "--yes"]);
    expect(applied).toMatchObject({ outcome: "failed", failure: { code: "still_needed" } });
    expect(applied.failure?.message).toMatch(/xt_MASQUERADE|nft_chain_nat/);
    expect(differing(before.etc, await etcOf(vm.run))).toEqual([]);
    expect(await conntrackValues(vm.run)).toEqual(before.kernel);
  });

  it("unloads every module in order once the rule is gone", async () => {
    await vm.run("iptables -w 10 -t nat -F && iptables -w 10 -t nat -X");
    const applied = await vm.ctfleet(["apply", remove, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(await vm.run("grep -c -e conntrack -e nf_nat /proc/modules || true")).toBe("0\n");
  });

  it("holds after a reboot", async () => {
    await vm.reboot();
    expect((await conntrackValues(vm.run)).loaded).toBe(false);
    expect(await vm.ctfleet(["audit", remove])).toMatchObject({ exit: 0, outcome: "compliant" });
  });
});
