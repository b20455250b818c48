/**
 * Timeouts by their short name: the key without `net.netfilter.nf_conntrack_` and with `_timeout` taken out (DOMAIN,
 * Timeouts). Which of them a host has depends on its kernel.
 */
export const timeoutNames: ReadonlySet<string> = new Set([
  "generic",
  ...["syn_sent", "syn_recv", "established", "fin_wait", "close_wait", "last_ack", "time_wait", "close"].map(
    (state) => `tcp_${state}`,
  ),
  ...["max_retrans", "unacknowledged"].map((state) => `tcp_${state}`),
  ...["udp", "udp_stream", "udplite", "udplite_stream", "icmp", "icmpv6", "gre", "gre_stream", "frag6"],
  ...["closed", "cookie_wait", "cookie_echoed", "established", "shutdown_sent", "shutdown_recd"].map(
    (state) => `sctp_${state}`,
  ),
  ...["shutdown_ack_sent", "heartbeat_sent", "heartbeat_acked", "data_sent"].map((state) => `sctp_${state}`),
  ...["request", "respond", "partopen", "open", "closereq", "closing", "timewait"].map((state) => `dccp_${state}`),
]);

/** Other conntrack keys that can be set, by short name; sizes are set by `size`, and `count` is a counter. */
export const settingNames: ReadonlySet<string> = new Set([
  "acct",
  "checksum",
  "dccp_loose",
  "events",
  "expect_max",
  "helper",
  "log_invalid",
  "tcp_be_liberal",
  "tcp_ignore_invalid_rst",
  "tcp_loose",
  "tcp_max_retrans",
  "timestamp",
]);
