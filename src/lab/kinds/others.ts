import type { Kind } from "../kind.ts";
import { nftables, noFirewall } from "./firewalls.ts";
import { alpine319, debian12 } from "./platforms.ts";
import { kindOf, loadedBy } from "./sketch.ts";

/** Small, without systemd, and conntrack is not loaded yet. */
export const alpine = kindOf({
  name: "alpine",
  about: "Alpine with openrc and little memory; the module is not loaded yet",
  group: "edge",
  on: alpine319,
  machine: { memory: 976, cpus: 1, uptime: 259200 },
  firewall: { ...noFirewall, services: [{ name: "nftables", active: false, enabled: false }] },
  live: undefined,
  loaded: ["libcrc32c"],
});

const appliance = kindOf({
  name: "built-in",
  about: "conntrack is built into the kernel: there is no module to load or to unload",
  group: "edge",
  on: {
    ...debian12,
    kernel: {
      release: "6.6.30-appliance",
      arch: "x86_64",
      commandLine: "console=ttyS0 root=/dev/vda ro nf_conntrack.hashsize=32768",
      loadable: [],
    },
    files: { "/etc/sysctl.conf": "" },
  },
  machine: { memory: 1987, cpus: 2, uptime: 604800 },
  live: { max: 32768, buckets: 32768, count: 1044, drops: 0 },
  loaded: [],
});

/** modprobe.d has no say here; a hash size at boot would come from the kernel's command line. */
export const builtin: Kind = { ...appliance, conntrack: { ...appliance.conntrack, kind: "builtin" } };

const micro = kindOf({
  name: "no-conntrack",
  about: "a small virtual machine whose kernel was built without connection tracking",
  group: "guests",
  on: {
    ...debian12,
    kernel: {
      release: "5.10.217-micro",
      arch: "x86_64",
      commandLine: "console=ttyS0 reboot=k panic=1",
      loadable: [],
    },
    files: { "/etc/sysctl.conf": "" },
  },
  machine: { memory: 242, cpus: 1, uptime: 86400 },
  live: undefined,
  loaded: [],
});

/** Nothing is to be raised, lowered or removed. */
export const without: Kind = { ...micro, conntrack: { ...micro.conntrack, kind: "none" } };

const closed = (text: string) => ({ text, mode: 0 });

/** What an audit without `become` is worth. */
export const plainLogin: Kind = {
  ...kindOf({
    name: "plain-login",
    about: "Debian 12 reached as an ordinary user without sudo: much cannot be seen, and nothing can be changed",
    group: "web",
    on: debian12,
    machine: { memory: 3940, cpus: 2, uptime: 864001 },
    firewall: nftables,
    live: { max: 65536, buckets: 65536, count: 9044, drops: 12 },
    loaded: loadedBy.nft,
    files: {
      "/etc/modprobe.d/nf_conntrack.conf": closed("options nf_conntrack hashsize=65536\n"),
      "/etc/sysctl.d/99-zz-nf_conntrack.conf": closed("net.netfilter.nf_conntrack_max = 65536\n"),
      "/sys/module/nf_conntrack/parameters/hashsize": closed("65536\n"),
    },
  }),
  log: undefined,
  uid: 1000,
};
