import { describe, expect, it } from "vitest";
import { globMatcher } from "../../src/conntrack/boot/glob.ts";

const max = "net/netfilter/nf_conntrack_max";
const long = "net/netfilter/nf_conntrack_tcp_timeout_max_retrans";

describe("a glob of a sysctl file", () => {
  it.each([
    ["net/netfilter/nf_conntrack_*", max],
    ["net/*/nf_conntrack_ma?", max],
    ["net/netfilter/*_m*", max],
    ["net/netfilter/*_max*", long],
    ["net/netfilter/[m-o]f_conntrack_ma[!a-w]", max],
    ["net/netfilter/nf_conntrack_ma[]x]", max],
    ["net/netfilter/nf_conntrack_max*", max],
  ])("%s takes in %s", (pattern, path) => {
    expect(globMatcher(pattern)(path)).toBe(true);
  });

  it.each([
    ["net/*", max],
    ["net?netfilter/nf_conntrack_max", max],
    ["net/netfilter/nf_conntrack_ma[!x]", max],
    ["net/netfilter/nf_conntrack_ma", max],
    ["net/netfilter/*_max", long],
    ["net/netfilter/nf_conntrack_max[", max],
  ])("%s leaves out %s", (pattern, path) => {
    expect(globMatcher(pattern)(path)).toBe(false);
  });

  it("is no code: one that is no valid set matches nothing", () => {
    expect(globMatcher("net/netfilter/nf_conntrack_ma[z-a]")(max)).toBe(false);
  });

  it("has an end, however many runs are in it", () => {
    expect(globMatcher(`net/netfilter/${"*?".repeat(20)}%`)(long)).toBe(false);
  });
});
