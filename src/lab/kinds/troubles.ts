import { nftables } from "./firewalls.ts";
import { debian12 } from "./platforms.ts";
import { kindOf, loadedBy } from "./sketch.ts";

const common = {
  group: "trouble",
  on: debian12,
  firewall: nftables,
  live: { max: 65536, buckets: 65536, count: 900, drops: 0 },
  loaded: loadedBy.nft,
  files: {
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 65536\n",
  },
};

/** A change of its network is felt for some seconds. */
export const flaky = kindOf({
  ...common,
  name: "flaky",
  about: "Debian 12 that nobody reaches for three seconds after each change: what became of it is read, not sent again",
  machine: { memory: 3902, cpus: 2, uptime: 700_000 },
  deafAfterChange: 3,
});

/** A change that cuts its own way in. */
export const cutOff = kindOf({
  ...common,
  name: "cut-off",
  about: "Debian 12 that each change cuts off from its network, until the host has put it back by itself",
  machine: { memory: 3903, cpus: 2, uptime: 710_000 },
  deafAfterChange: "reverted",
});
