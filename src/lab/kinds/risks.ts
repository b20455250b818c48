import { netfilterPersistent, nftables } from "./firewalls.ts";
import { debian12, ubuntu2204 } from "./platforms.ts";
import { kindOf, loadedBy } from "./sketch.ts";

/** The classic ratio of 8, on a kernel that refuses inserts on long chains; and a forgotten file that wins at a boot. */
export const longChains = kindOf({
  name: "long-chains",
  about: "Ubuntu 22.04 with eight entries for each bucket: the kernel refuses inserts long before the table is full",
  group: "web",
  on: ubuntu2204,
  machine: { memory: 16043, cpus: 8, uptime: 1000000 },
  firewall: nftables,
  live: {
    ...{ max: 524288, buckets: 65536, count: 301200, drops: 0 },
    counters: { chaintoolong: 9120, insert_failed: 24077, search_restart: 88120, early_drop: 12 },
  },
  loaded: loadedBy.nft,
  files: {
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=65536\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 524288\n",
    "/etc/sysctl.d/99-local.conf": "net.netfilter.nf_conntrack_max = 262144\n",
  },
});

/** More than its memory can hold, now and the more so after a boot: 8 x hashsize, which nothing corrects. */
export const tooLarge = kindOf({
  name: "too-large",
  about: "Debian 12 with 1 GiB and a table that would take all of it",
  group: "web",
  on: debian12,
  machine: { memory: 983, cpus: 1, uptime: 400000 },
  firewall: nftables,
  live: { max: 2097152, buckets: 1048576, count: 2100, drops: 0 },
  loaded: loadedBy.nft,
  files: { "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=1048576\n" },
});

/** Its initramfs loads conntrack, with the hash size of the day on which it was made. */
export const oldImage = kindOf({
  name: "old-initramfs",
  about: "Debian 12 whose initramfs loads conntrack and is older than modprobe.d",
  group: "edge",
  on: debian12,
  machine: { memory: 8012, cpus: 4, uptime: 200000 },
  firewall: netfilterPersistent,
  live: { max: 262144, buckets: 262144, count: 20120, drops: 0 },
  loaded: [...loadedBy.nothing, "x_tables", "xt_conntrack 1"],
  image: {
    path: "/boot/initrd.img-6.1.0-21-amd64",
    age: 30_000_000,
    loads: ["nf_conntrack"],
    modprobe: { "conntrack.conf": "options nf_conntrack hashsize=16384\n" },
  },
  files: {
    "/etc/initramfs-tools/modules": "# List of modules that you want to include in your initramfs.\nnf_conntrack\n",
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=262144\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 262144\n",
  },
});
