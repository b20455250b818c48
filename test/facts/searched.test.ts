import { describe, expect, it } from "vitest";
import { searchedFiles } from "../../src/facts/searched.ts";
import { seeFrames } from "../../src/facts/seen.ts";

const key = "net.netfilter.nf_conntrack_max = ";

/** One file of the configuration in which these lines were found. */
const fileWith = (...lines: readonly string[]) => {
  const found = lines.map((line, index) => `etc/sysctl.d/a.conf:${index + 1}:${line}`).join("\n");
  const parts = { searches: "rw etc/sysctl.d/a.conf\n", found };
  const frames = Object.entries(parts).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  return searchedFiles(seeFrames(frames)).files[0];
};

describe("a file that was searched", () => {
  it("is read with the numbers of its lines", () => {
    expect(fileWith(`${key}1`, `${key}2`)).toEqual({
      path: "/etc/sysctl.d/a.conf",
      readable: true,
      lines: [1, 2].map((line) => ({ file: "/etc/sysctl.d/a.conf", line, text: `${key}${line}` })),
    });
  });

  it("is read where a line is as long as a person writes", () => {
    expect(fileWith(key + "1".repeat(1900))).toMatchObject({ readable: true, lines: [{ line: 1 }] });
  });

  it("is unreadable, all of it, where one line is longer than any that a person writes", () => {
    expect(fileWith(`${key}1`, key + "1".repeat(2000))).toMatchObject({ readable: false, lines: [] });
  });
});
