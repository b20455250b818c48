import type { Entry } from "./entry.ts";

/** 7xx: what the play asked for. */
export const play = {
  CT701: {
    severity: "error",
    title: "a check of the play does not hold",
    remedy: "see the check and the facts that it names: ctfleet facts",
    means: "A verify task of the play is not true on this host, so the host is not at its goal.",
    why: "A verify task is an expression over facts; one that cannot be worked out because a fact is missing is not true. facts.next_boot and facts.next_restart are taken with the plan's files in place.",
    see: ["cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max"],
    cure: ["correct what the check names, or the check: ctfleet facts shows each value"],
    ignore: "Never: the play says what matters.",
  },
  CT702: {
    severity: "info",
    title: "larger than the play asks for, and left so",
    remedy: "set allow_lower: true in the conntrack task if it should shrink",
    means: "The table is larger than the rule gives, live or in a file, and stays so.",
    why: "To lower max under load drops packets at once, so a play lowers only where it says so, and never below 1.25 x the entries in use.",
    see: ["sysctl net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_count"],
    cure: ["conntrack: { size: { rule: memory }, allow_lower: true }"],
    ignore: "Where the larger size is meant.",
  },
  CT703: {
    severity: "info",
    title: "this kernel does not have some of the keys in the play",
    remedy: "nothing; they are skipped here",
    means: "Timeouts or settings of the play were left out on this host.",
    why: "Names differ by kernel: dccp_* are gone from newer ones, gre_* came with 5.0 (before with their own modules), and some exist only while a module is loaded.",
    see: ["ls /proc/sys/net/netfilter"],
    cure: ["nothing; or `when:` with facts.kernel in the play, to say it there"],
    ignore: "Always, where the rest of the play is what was wanted.",
  },
  CT704: {
    severity: "warning",
    title: "a condition could not be worked out, so its task was left out",
    remedy: "run with become (-b), or make the condition depend on facts that this host has",
    means: "A `when` names a fact that this host does not have or that could not be read; the task was not done.",
    why: "Unknown is neither true nor false: `!(facts.conntrack.usage > 0.5)` is not true either where no module is loaded.",
    see: ["id -u"],
    cure: ["ctfleet audit PLAYBOOK -b", "when: facts.conntrack.loaded && facts.conntrack.usage > 0.5"],
    ignore: "Where the task has no meaning on such a host; then say so in its `when`.",
  },
} as const satisfies Record<string, Entry>;
