import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSshArgs } from "../../src/inventory/ssh-args.ts";

/** The settings as `keyword=value`, or why the line is refused. */
const read = (text: string): readonly string[] | string => {
  const parsed = parseSshArgs(text);
  return parsed.kind === "fault" ? parsed.because : parsed.options.map(({ keyword, value }) => `${keyword}=${value}`);
};

describe("parseSshArgs", () => {
  it("takes every way to write an option", () => {
    expect(read('-o Port=1 -oUser=joe -o "ConnectTimeout 5" -oBindAddress=1.2.3.4')).toEqual([
      ...["port=1", "user=joe", "connecttimeout=5", "bindaddress=1.2.3.4"],
    ]);
    expect(read("-p22 -l joe -Jgw -i /k -C4")).toEqual([
      ...["addressfamily=inet", "compression=yes", "port=22", "user=joe", "proxyjump=gw", "identityfile=/k"],
    ]);
    expect(read('-o ProxyCommand="ssh -W %h:%p -q gw"')).toEqual(["proxycommand=ssh -W %h:%p -q gw"]);
    expect(read(" \n -v ")).toEqual([]);
    expect(read("")).toEqual([]);
  });

  it("keeps the order, where the first value wins, and puts letters that overrule in front", () => {
    expect(read("-o User=a -l b -o User=c")).toEqual(["user=a", "user=b", "user=c"]);
    expect(read("-o AddressFamily=inet6 -4 -6")).toEqual([
      "addressfamily=inet6",
      "addressfamily=inet",
      "addressfamily=inet6",
    ]);
    expect(read("-o Ciphers=a -c b")).toEqual(["ciphers=b", "ciphers=a"]);
  });

  it("keeps a word with blanks or quotes one word", () => {
    expect(read(`-i '/a b/c' -i 'x"y'`)).toEqual(['identityfile="/a b/c"', 'identityfile="x\\"y"']);
  });

  it("knows the last configuration file", () => {
    expect(parseSshArgs("-F a -o Port=1 -Fb")).toMatchObject({ kind: "ok", configFile: "b" });
    expect(parseSshArgs("-C")).toMatchObject({ kind: "ok", configFile: undefined });
  });

  it("passes over what means nothing to a runner", () => {
    expect(
      read("-vvv -q -T -tt -A -a -x -X -Y -2 -M -S none -e none -L 1:a:2 -R 3:b:4 -D 5 -E log -w 0:0 -y -g"),
    ).toEqual([]);
  });

  it.each([
    ["-W %h:%p", "-W connects to another host behind this one; to go through a host, write -J HOST"],
    ["-n", "-n takes the scripts' way in, standard input, away; leave it out"],
    ["-vN", "-N runs no command; leave it out"],
    ["-Z", "ssh has no option -Z"],
    ["-p", "-p needs a value"],
    ["web1", '"web1" is no option of ssh; the host\'s name and a command do not belong here'],
    ["-- x", '"--" is no option of ssh; the host\'s name and a command do not belong here'],
    ["--forks 5", '"--forks" is no option of ssh; the host\'s name and a command do not belong here'],
    ["-o Port", "-o Port is not KEYWORD=VALUE; quote it where it has blanks"],
    ["-o Port=", "-o Port= is not KEYWORD=VALUE; quote it where it has blanks"],
    ["-o ProxyCommand=ssh -q gw nc %h", '"gw" is no option of ssh; the host\'s name and a command do not belong here'],
    ["-o Host=x", "-o Host stands in files only"],
    ["-J a -J b", "-J stands beside another proxyjump; ssh takes one of them"],
    ["-o ProxyCommand=x -J b", "-J stands beside another proxycommand; ssh takes one of them"],
    ["-o 'x", "this ' is not closed on its line"],
  ])("refuses %s", (text, because) => {
    expect(read(text)).toBe(because);
  });

  it("has an answer to any text", () => {
    const word = fc.oneof(fc.constantFrom("-o", "-J", "-", "--", "=", "'", '"', "\\", "-p22", "-4C"), fc.string());
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(["ok", "fault"]).toContain(parseSshArgs(words.join(" ")).kind);
      }),
    );
  });
});
