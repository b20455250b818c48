import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { removeLines } from "../../src/render/remove-lines.ts";

const hashsize = "echo *>*/nf_conntrack/parameters/hashsize";

describe("removing lines", () => {
  it("takes the lines that match, and keeps every other byte", () => {
    const text =
      "#!/bin/sh\r\n  echo 245760 > /sys/module/nf_conntrack/parameters/hashsize\n# echo 1 > /sys/module/nf_conntrack/parameters/hashsize\ntouch /var/lock/x";
    expect(removeLines(text, [hashsize])).toBe(
      "#!/bin/sh\r\n# echo 1 > /sys/module/nf_conntrack/parameters/hashsize\ntouch /var/lock/x",
    );
  });
  it("takes the last line without a line feed", () => {
    expect(removeLines("a\necho 1>/sys/module/nf_conntrack/parameters/hashsize", [hashsize])).toBe("a\n");
  });
  it("changes nothing where nothing matches, and nothing the second time", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(removeLines(before, [])).toBe(before);
        const once = removeLines(`${before}\necho 9 > /x/nf_conntrack/parameters/hashsize\n${after}`, [hashsize]);
        expect(removeLines(once, [hashsize])).toBe(once);
      }),
    );
  });
});
