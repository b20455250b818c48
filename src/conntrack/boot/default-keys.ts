import { kernelAtLeast } from "../kernel.ts";

/**
 * Values after loading by short name, in seconds where they are timeouts, and the kernel from which they hold. Read on
 * 6.18 (DOMAIN, Timeouts); older values from the kernel's source.
 */
const always: Readonly<Record<string, number>> = {
  acct: 0,
  checksum: 1,
  frag6_high_thresh: 4194304,
  frag6_low_thresh: 3145728,
  frag6_timeout: 60,
  generic_timeout: 600,
  gre_timeout: 30,
  gre_timeout_stream: 180,
  icmp_timeout: 30,
  icmpv6_timeout: 30,
  log_invalid: 0,
  tcp_be_liberal: 0,
  tcp_ignore_invalid_rst: 0,
  tcp_loose: 1,
  tcp_max_retrans: 3,
  tcp_timeout_close: 10,
  tcp_timeout_close_wait: 60,
  tcp_timeout_established: 432000,
  tcp_timeout_fin_wait: 120,
  tcp_timeout_last_ack: 30,
  tcp_timeout_max_retrans: 300,
  tcp_timeout_syn_recv: 60,
  tcp_timeout_syn_sent: 120,
  tcp_timeout_time_wait: 120,
  tcp_timeout_unacknowledged: 300,
  timestamp: 0,
  udp_timeout: 30,
};

/** The default of a key by its short name; undefined where it is not known for this kernel. */
export const defaultOf = (
  name: string,
  release: string | undefined,
  buckets: number | undefined,
): number | undefined => {
  switch (name) {
    case "udp_timeout_stream":
      // DOMAIN, Timeouts.
      return release === undefined ? undefined : kernelAtLeast(release, 5, 0) ? 120 : 180;
    case "expect_max":
      // nf_conntrack_expect_init(): a bucket of expectations for 256 of the table, and 4 entries to each.
      return kernelAtLeast(release, 3, 0) && buckets !== undefined
        ? 4 * Math.max(1, Math.floor(buckets / 256))
        : undefined;
    case "events":
      return release === undefined ? undefined : kernelAtLeast(release, 6, 0) ? 2 : 1;
    default:
      return always[name];
  }
};

/** Short names that any kernel of today has, for hosts where none can be seen. */
export const usualNames: readonly string[] = [
  ...Object.keys(always).filter((name) => !/^(frag6|gre)_|ignore_invalid|timestamp/.test(name)),
  "udp_timeout_stream",
];
