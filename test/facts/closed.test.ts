import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { factsToData } from "../../src/facts/data.ts";
import { asNobody, isRoot, oddFolder, probe, request, shellNames } from "./probing.ts";
import { plantTree } from "./tree.ts";

const root = oddFolder();
plantTree(root, {
  "proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
  "proc/sys/kernel/random/boot_id": "a9236eb2-8719-4750-b84b-ddbe7f96aea3\n",
  "proc/uptime": "5000.00 1.00\n",
  "proc/sys/kernel/modules_disabled": { text: "1\n", mode: "0600" },
  "proc/net/ip_tables_names": { text: "nat\n", mode: "0440" },
  "proc/net/ip6_tables_names": { text: "", mode: "0444" },
  "proc/net/ip_vs": { text: "TCP  0A600001:01BB rr\n", mode: "0400" },
  "etc/iptables/rules.v4": { text: "*nat\n", mode: "0640" },
  "etc/nftables/main.nft": "ct state new\n",
  "etc/firewalld/firewalld.conf": "CleanupModulesOnExit=yes\n",
  "var/lib/cloud/instance/user-data.txt": { text: "nf_conntrack\n", mode: "0600" },
  "var/lib/kubelet/pods/1/volumes/kubernetes.io~configmap/kube-proxy/config.conf": "conntrack:\n",
  "run/systemd/system": { folder: true },
  "run/systemd/inhibit/1": { text: "WHAT=shutdown\nMODE=block\nWHO=x\nWHY=y\n", mode: "0600" },
  "etc/systemd/system/reboot.target": { text: "", mode: "0600" },
  "var/lib/dpkg/updates/0001": "",
  "boot/initrd.img-6.1.0-18-amd64": { text: "cpio\n", modified: "2020-01-01T00:00:00Z" },
  "etc/modprobe.d/a.conf": "options nf_conntrack hashsize=1\n",
  "var/lib/ctfleet/trial": "run a9236eb2-8719-4750-b84b-ddbe7f96aea3 4000.00 2000\n",
});
for (const folder of [
  "etc/nftables",
  "etc/firewalld",
  "etc/modprobe.d",
  "var/lib/kubelet",
  "var/lib/dpkg/updates",
  "var/lib/ctfleet",
])
  chmodSync(join(root, folder), 0o700);

const dataOf = (shell: (typeof shellNames)[number]) =>
  factsToData(probe(request({ root }), { shell, under: asNobody })) as Record<string, unknown>;

describe.runIf(isRoot).each(shellNames)("what an ordinary user may not read, under %s", (shell) => {
  it("is unreadable, neither absent nor none", () => {
    const data = dataOf(shell);
    const unseen = (data["unreadable"] as { path: string }[]).map(({ path }) => path);
    expect(unseen).toEqual(
      expect.arrayContaining([
        "modules.locked",
        "rules.tables",
        "rules.ipvs",
        "power.inhibitors",
        "power.package_work",
        "power.masked",
        "boot_image.newer",
        "trial",
      ]),
    );
    expect(data).toMatchObject({
      rules: { saved: [], unreadable: ["/etc/nftables", "/etc/firewalld", "/etc/iptables/rules.v4"] },
      boot_image: { path: "/boot/initrd.img-6.1.0-18-amd64" },
      config: {
        unreadable: ["/etc/firewalld", "/etc/modprobe.d", "/var/lib/kubelet", "/var/lib/cloud/instance/user-data.txt"],
      },
    });
  });

  it("is unreadable where /boot is closed", () => {
    chmodSync(join(root, "boot"), 0o700);
    const unseen = (dataOf(shell)["unreadable"] as { path: string }[]).map(({ path }) => path);
    chmodSync(join(root, "boot"), 0o755);
    expect(unseen).toEqual(expect.arrayContaining(["boot_image.path", "boot_image.newer"]));
  });
});
