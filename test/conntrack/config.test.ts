import { describe, expect, it } from "vitest";
import { configLines, sysctlSettings, writtenHashsize, writtenMax } from "../../src/conntrack/config.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

const linesOf = (files: NonNullable<HostStory["files"]>) => configLines(factsOf({ files }));

describe("what the files say", () => {
  it("takes the last sysctl file by name, whatever its folder", () => {
    const files = {
      "/usr/lib/sysctl.d/99-z.conf": "net.netfilter.nf_conntrack_max = 3\n",
      "/etc/sysctl.d/10-a.conf": "net.netfilter.nf_conntrack_max = 1\n",
    };
    expect(writtenMax(linesOf(files))).toBe(3);
  });
  it("takes /etc before /usr/lib for one name", () => {
    const files = {
      "/usr/lib/sysctl.d/50-a.conf": "net.netfilter.nf_conntrack_max = 3\n",
      "/etc/sysctl.d/50-a.conf": "net.netfilter.nf_conntrack_max = 1\n",
    };
    expect(writtenMax(linesOf(files))).toBe(1);
  });
  it("reads slashes, a leading dash and the other names of the key", () => {
    expect(writtenMax(linesOf({ "/etc/sysctl.conf": "-net/netfilter/nf_conntrack_max=77\n" }))).toBe(77);
    expect(writtenMax(linesOf({ "/etc/sysctl.conf": "net.nf_conntrack_max = 78\n" }))).toBe(78);
  });
  it("does not read comments, nor files that no reader reads", () => {
    expect(writtenMax(linesOf({ "/etc/sysctl.conf": "# net.nf_conntrack_max = 78\n" }))).toBeUndefined();
    expect(writtenMax(linesOf({ "/etc/sysctl.d/x.bak": "net.nf_conntrack_max = 78\n" }))).toBeUndefined();
  });
  it("gives each setting with its place", () => {
    const [setting] = sysctlSettings(linesOf({ "/etc/sysctl.conf": "\nnet.netfilter.nf_conntrack_count = 9\n" }));
    expect(setting).toEqual({ file: "/etc/sysctl.conf", line: 2, key: "net.netfilter.nf_conntrack_count", value: "9" });
  });
  it("takes the last hashsize among modprobe.d files", () => {
    const files = {
      "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=1024\n",
      "/etc/modprobe.d/nfconntrack.conf": "options nf_conntrack expect_hashsize=9 hashsize=2048\n",
    };
    expect(writtenHashsize(linesOf(files))).toBe(2048);
  });
});
