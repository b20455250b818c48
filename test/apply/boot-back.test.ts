import { describe, expect, it } from "vitest";
import { backAfterBoot, hasRules, keepForBoot } from "../../src/apply/boot-back.ts";
import type { FileStep } from "../../src/apply/step.ts";
import type { HostPath } from "../../src/model/brand.ts";

const changed = (path: string, before: string, text: string): FileStep => ({
  number: 3,
  action: {
    ...{ kind: "write", task: "t", path: path as HostPath, text, mode: 0o644, uid: 0, gid: 0, secrets: [] },
    from: { kind: "regular", sha256: "0".repeat(64), mode: 0o644, uid: 0, gid: 0 },
    before,
  },
});

describe("what a boot takes from changed files", () => {
  it("is the keys of sysctl files, old and new, each once and in both spellings", () => {
    const file = changed(
      "/etc/sysctl.d/90-a.conf",
      "net.core.somaxconn = 1\n# no.key = 1\n",
      "net/core/somaxconn=2\n-vm.a = 3\n",
    );
    expect(keepForBoot([file])).toEqual(["keep_values boot /proc/sys/net/core/somaxconn /proc/sys/vm/a"]);
  });

  it("has dots within a name where a slash stands for one", () => {
    const file = changed("/etc/sysctl.conf", "", "net.ipv4.conf.eth0/1.forwarding = 1\n");
    expect(keepForBoot([file])).toEqual(["keep_values boot /proc/sys/net/ipv4/conf/eth0.1/forwarding"]);
  });

  it("never leads out of /proc/sys, whatever stands in a file of the host", () => {
    const file = changed("/etc/sysctl.conf", "net/../../../etc/passwd = x\nnet..a = 1\na//b = 1\nnet.*.b = 1\n", "");
    expect(keepForBoot([file])).toEqual(["keep_values boot"]);
  });

  it("is rules, where the file is one that a firewall's service reads at boot", () => {
    const file = changed("/etc/iptables/rules.v4", "", "*filter\nCOMMIT\n");
    expect(hasRules([file])).toBe(true);
    expect(keepForBoot([file])).toContain("keep_rules 3 netfilter-persistent before");
    expect(backAfterBoot([file])).toEqual(["back_boot_values", "back_boot_rules 3 netfilter-persistent"]);
    expect(hasRules([changed("/etc/modprobe.d/a.conf", "", "")])).toBe(false);
  });
});
