import { describe, expect, it } from "vitest";
import { entranceOf, type Stations } from "../../src/ssh/entrance.ts";

const direct = (hostname: string, port = 22): Stations => ({
  target: { hostname, port, proxy: { kind: "none" } },
  hops: [],
});
const through = (hostname: string, ...hops: readonly string[]): Stations => ({
  ...direct(hostname),
  hops: hops.map((hop) => ({ hostname: hop, port: 22 })),
});
const command = (hostname: string, text: string): Stations => ({
  ...direct(hostname),
  target: { hostname, port: 22, proxy: { kind: "command", command: text } },
});

describe("two hosts share an entrance", () => {
  it.each<[string, Stations, Stations, boolean]>([
    ["at one address and port", direct("nat.example"), direct("nat.example"), true],
    ["not at two ports of one address", direct("nat.example", 22), direct("nat.example", 2222), false],
    ["behind the same first hop", through("a", "bastion", "inner1"), through("b", "bastion", "inner2"), true],
    ["not behind two bastions", through("a", "bastion1"), through("b", "bastion2"), false],
    [
      "whose proxy commands differ in the host alone",
      command("a1", "ssh -W a1:22 b"),
      command("c", "ssh -W c:22 b"),
      true,
    ],
    [
      "not where their proxy commands lead elsewhere",
      command("a", "ssh -W a:22 b1"),
      command("c", "ssh -W c:22 b2"),
      false,
    ],
    ["where one is the bastion of the other", direct("bastion"), through("a", "bastion"), true],
  ])("%s", (_, one, other, same) => {
    expect(entranceOf(one).key === entranceOf(other).key).toBe(same);
  });
});
