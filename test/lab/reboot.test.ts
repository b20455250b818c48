import { afterAll, beforeAll, expect, it } from "vitest";
import { tour } from "../../src/lab/kinds.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { onHost, ssh } from "./ssh.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ kinds: tour });
});
afterAll(() => lab.stop());

const bootId = "cat proc/sys/kernel/random/boot_id";
const max = "cat proc/sys/net/netfilter/nf_conntrack_max";

/** Reboots a host and waits until it is back; gives its old and its new boot id. */
const reboot = async (host: string): Promise<readonly [string, string]> => {
  const before = await onHost(lab, host, bootId);
  const { status } = await ssh(lab, { host, input: "reboot; sleep 60" });
  expect(status).toBe(255);
  await expect.poll(async () => (await ssh(lab, { host, input: bootId })).status, { timeout: 20_000 }).toBe(0);
  return [before, await onHost(lab, host, bootId)];
};

it("changes the boot id, starts the clock and empties the log", async () => {
  const [before, after] = await reboot("debian-full");
  expect(after).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(after).not.toBe(before);
  expect(Number(await onHost(lab, "debian-full", "cut -d ' ' -f 1 proc/uptime"))).toBeLessThan(60);
  expect(await onHost(lab, "debian-full", "dmesg")).not.toContain("table full");
});

it("loses what sysctl.d says where nothing loads the module before, and keeps it where modules-load.d does", async () => {
  await onHost(lab, "debian", "echo 'options nf_conntrack hashsize=8192' >etc/modprobe.d/x.conf");
  await reboot("debian");
  expect(await onHost(lab, "debian", max)).toBe("65536");
  await onHost(lab, "debian", "echo nf_conntrack >etc/modules-load.d/x.conf");
  await reboot("debian");
  expect(await onHost(lab, "debian", max)).toBe("80000");
});

it("applies sysctl files on EL6 once more after the firewall has brought the module", async () => {
  await onHost(lab, "el6", "echo 'net.netfilter.nf_conntrack_max = 123456' >>etc/sysctl.conf");
  await reboot("el6");
  expect(await onHost(lab, "el6", max)).toBe("123456");
});

it("loads the modules of /etc/sysconfig/modules on EL6 where the script may be executed", async () => {
  const script = `for name in nf_nat nf_conntrack_netlink; do
      echo "exec /sbin/modprobe $name" >etc/sysconfig/modules/$name.modules
    done
    chmod 755 etc/sysconfig/modules/nf_nat.modules`;
  await onHost(lab, "el6", script);
  await reboot("el6");
  const loaded = await onHost(lab, "el6", "cut -d ' ' -f 1 proc/modules");
  expect(loaded.split("\n")).toContain("nf_nat");
  expect(loaded.split("\n")).not.toContain("nf_conntrack_netlink");
});

it("takes the hash size from the command line where conntrack is built in", async () => {
  await onHost(lab, "built-in", "echo 99999 >proc/sys/net/netfilter/nf_conntrack_max");
  await reboot("built-in");
  expect(await onHost(lab, "built-in", `${max}; cat sys/module/nf_conntrack/parameters/hashsize`)).toBe(
    "262144\n32768",
  );
});

it("never brings one of the hosts back", async () => {
  const host = "el8-no-return";
  expect((await ssh(lab, { host, input: "reboot; sleep 60" })).status).toBe(255);
  // Longer than any other host of the fleet is away.
  await reboot("ubuntu");
  expect((await ssh(lab, { host, input: bootId })).status).toBe(255);
});
