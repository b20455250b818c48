import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tour } from "../../src/lab/kinds.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { onHost, ssh } from "./ssh.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ kinds: tour });
});
afterAll(() => lab.stop());

const max = "cat proc/sys/net/netfilter/nf_conntrack_max";
const hashsize = "cat sys/module/nf_conntrack/parameters/hashsize";

describe("loading and unloading the module", () => {
  it("makes max eight times the hash size that modprobe.d gives, and the last file by name wins", async () => {
    const script = `
      echo 'options nf_conntrack hashsize=8192' >etc/modprobe.d/nf_conntrack.conf
      echo 'options nf_conntrack hashsize=16384' >etc/modprobe.d/nfconntrack.conf
      modprobe nf_conntrack && ${max} && ${hashsize} && cat proc/sys/net/nf_conntrack_max
      cat sys/module/nf_conntrack/initstate; grep -c '^nf_conntrack ' proc/modules`;
    expect((await onHost(lab, "alpine", script)).split("\n")).toEqual(["131072", "16384", "131072", "live", "1"]);
  });

  it("takes the kernel's own sizes where nobody gives a hash size, and forgets values at an unload", async () => {
    const script = `
      rm -f etc/modprobe.d/*; modprobe nf_conntrack
      echo 9999 >proc/sys/net/netfilter/nf_conntrack_max
      modprobe -r nf_conntrack; [ -e proc/sys/net/netfilter/nf_conntrack_max ] || echo gone
      modprobe nf_conntrack; ${max}; ${hashsize}`;
    expect((await onHost(lab, "alpine", script)).split("\n")).toEqual(["gone", "8192", "8192"]);
  });

  it("does not unload a module that a rule or another module holds", async () => {
    const { status, stderr } = await ssh(lab, { host: "debian", input: "modprobe -r nf_conntrack" });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "modprobe: FATAL: Module nf_conntrack is in use.\n" });
    expect(await onHost(lab, "debian", max)).toBe("80000");
  });

  it("has the old names on an old kernel", async () => {
    const script =
      "cat proc/sys/net/ipv4/netfilter/ip_conntrack_max proc/sys/net/ipv4/ip_conntrack_max; ls proc/sys/net/netfilter 2>&1 | wc -l";
    expect((await onHost(lab, "el5-old-names", script)).split("\n")).toEqual(["65536", "65536", "1"]);
  });
});

describe("between two commands", () => {
  it("shows a value under every name that the kernel has for it", async () => {
    await onHost(lab, "ubuntu", "echo 300000 >proc/sys/net/netfilter/nf_conntrack_max");
    expect(await onHost(lab, "ubuntu", "cat proc/sys/net/nf_conntrack_max")).toBe("300000");
    await onHost(lab, "ubuntu", "echo 310000 >proc/sys/net/nf_conntrack_max");
    expect(await onHost(lab, "ubuntu", max)).toBe("310000");
    await onHost(lab, "ubuntu", `echo 320000 >proc/sys/net/netfilter/nf_conntrack_max`);
    expect(await onHost(lab, "ubuntu", "cat proc/sys/net/nf_conntrack_max")).toBe("320000");
  });

  it("rounds a hash size up to whole pages, and leaves max alone", async () => {
    await onHost(lab, "el6", "echo 20000 >sys/module/nf_conntrack/parameters/hashsize");
    expect(await onHost(lab, "el6", `${hashsize}; cat proc/sys/net/netfilter/nf_conntrack_buckets; ${max}`)).toBe(
      "20480\n20480\n65536",
    );
    expect((await onHost(lab, "el6", "ls -l proc/sys/net/netfilter/nf_conntrack_buckets")).slice(0, 10)).toBe(
      "-r--r--r--",
    );
  });
});

describe("who may write", () => {
  it.each(["container", "openvz"])("lets nobody set the table size in %s", async (host) => {
    const { status, stderr } = await ssh(lab, {
      host,
      input: `[ -w proc/sys/net/netfilter/nf_conntrack_max ] || echo 99 >proc/sys/net/netfilter/nf_conntrack_max`,
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/permission denied/i);
    expect((await ssh(lab, { host, input: "sysctl -w net.netfilter.nf_conntrack_max=99" })).stderr).toContain(
      "permission denied on key",
    );
    expect(await onHost(lab, host, "[ -e proc/sys/net/nf_conntrack_max ] || echo none")).toBe("none");
  });

  it("hides the log of the host below from a guest", async () => {
    expect((await ssh(lab, { host: "container", input: "dmesg" })).status).toBe(1);
  });

  it("lets counters be read only, and keeps the rest of the machine out of reach", async () => {
    expect(
      (await ssh(lab, { host: "debian", input: "echo 0 >proc/sys/net/netfilter/nf_conntrack_count" })).status,
    ).not.toBe(0);
    expect((await ssh(lab, { host: "debian", input: "echo 1 >/etc/ctfleet-was-here" })).status).not.toBe(0);
  });
});

describe("a restart of iptables-services", () => {
  const restart = "systemctl restart iptables";

  it("loses every value, but for the hash size of modprobe.d", async () => {
    expect(
      await onHost(
        lab,
        "el7-runbook",
        `echo 500000 >proc/sys/net/netfilter/nf_conntrack_max; ${restart}; ${max}; ${hashsize}`,
      ),
    ).toBe("1966080\n245760");
    expect(
      await onHost(
        lab,
        "el7-runbook",
        `echo 54000 >proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established; ${restart}; cat proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established`,
      ),
    ).toBe("432000");
  });

  it("keeps them where the load list names conntrack and the package reads the file", async () => {
    const script = `
      echo 'net.netfilter.nf_conntrack_max = 777777' >etc/sysctl.d/50-x.conf; rm etc/sysctl.d/99-sysctl.conf
      echo 'IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"' >>etc/sysconfig/iptables-config
      ${restart}; ${max}`;
    expect(await onHost(lab, "el7-runbook", script)).toBe("777777");
  });
});
