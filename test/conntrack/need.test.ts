import { describe, expect, it } from "vitest";
import { needOf } from "../../src/conntrack/need.ts";
import type { Facts } from "../../src/model/facts.ts";
import { read, unreadable } from "../../src/model/reading.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";

const idle: HostStory = { modules: { nf_conntrack: ["nf_nat"], nf_nat: [] }, count: 12 };
const neededBy = (facts: Facts): readonly string[] => {
  const { seen, unseen } = needOf(facts);
  return [...seen, ...unseen];
};
const needs = (story: HostStory) => neededBy(factsOf({ ...idle, ...story }));
const saved = [
  { file: "/etc/iptables/rules.v4", line: 7, text: "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT" },
];
const withSaved = (services: Facts["firewall"]["services"]): Facts => {
  const facts = factsOf(idle);
  return { ...facts, firewall: { ...facts.firewall, services }, rules: { ...facts.rules, saved } };
};

describe("a host does not need connection tracking", () => {
  it("where modules alone use it, however many connections are tracked", () => {
    expect(needs({})).toEqual([]);
    expect(needs({ count: 60000 })).toEqual([]);
  });
  it("because somebody once listed the nat table", () => {
    expect(needs({ tables: ["nat", "filter"], modules: { nf_conntrack: ["iptable_nat"], iptable_nat: [] } })).toEqual(
      [],
    );
  });
  it("because of saved rules that nothing loads at boot", () => {
    expect(neededBy(withSaved(read([])))).toEqual([]);
    expect(neededBy(withSaved(read([{ name: "netfilter-persistent", active: false, enabled: false }])))).toEqual([]);
  });
  it("where a program runs that only looks at it", () => {
    expect(needs({ rivals: ["tuned"] })).toEqual([]);
  });
});

describe("a host needs connection tracking", () => {
  it.each<[string, HostStory, RegExp]>([
    [
      "for rules that match states",
      { modules: { nf_conntrack: ["xt_conntrack"], xt_conntrack: 3 }, tables: ["filter"] },
      /^xt_conntrack is in use \(3 references beside modules\): rules of the tables filter$/,
    ],
    [
      "for rules of nftables",
      { modules: { nf_conntrack: ["nft_ct"], nft_ct: 1 } },
      /^nft_ct is in use \(1 reference beside modules\)$/,
    ],
    [
      "for NAT, by what users of users are held",
      {
        modules: { nf_conntrack: ["nf_nat", "xt_MASQUERADE"], nf_nat: ["xt_MASQUERADE"], xt_MASQUERADE: 1 },
        tables: ["nat"],
      },
      /^xt_MASQUERADE is in use .*tables nat$/,
    ],
    ["for what holds it itself", { modules: { nf_conntrack: 2 } }, /^nf_conntrack is in use \(2 references/],
    ["for Open vSwitch", { modules: { nf_conntrack: ["openvswitch"], openvswitch: [] } }, /^openvswitch is loaded/],
    ["for ipvs", { ipvs: true }, /^ipvs balances services$/],
    ["for containers", { rivals: ["dockerd"] }, /^dockerd runs here and needs it for containers$/],
    ["for Kubernetes", { rivals: ["kube-proxy"] }, /^kube-proxy runs here .*Kubernetes$/],
    ["for virtual machines", { rivals: ["libvirtd"] }, /^libvirtd runs here .*virtual machines$/],
    [
      "for a firewall that is enabled, though it does not run now",
      { services: [{ name: "firewalld", active: false, enabled: true }] },
      /^firewalld is enabled/,
    ],
    ["of the host below, in a guest", { container: "lxc" }, /^a lxc guest: the modules belong to the host below$/],
    ["of the host below, in a namespace", { firstNamespace: false }, /^a network namespace of its own/],
  ])("%s", (_, story, reason) => {
    expect(needs(story)).toEqual([expect.stringMatching(reason)]);
  });

  it("for saved rules that an enabled service loads at the next boot, with the line", () => {
    expect(neededBy(withSaved(read([{ name: "netfilter-persistent", active: false, enabled: true }])))).toEqual([
      "saved rules need it, and netfilter-persistent loads them at boot: /etc/iptables/rules.v4:7 -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
    ]);
  });

  it("for all its reasons at once", () => {
    expect(needs({ rivals: ["dockerd", "libvirtd"], ipvs: true })).toHaveLength(3);
  });
});

it("takes nothing that could not be read for unneeded", () => {
  const facts = factsOf(idle);
  const dark = unreadable("permission denied");
  const unread: Facts = {
    ...facts,
    modules: { ...facts.modules, loaded: dark },
    rules: { tables: dark, ipvs: dark, saved: [], unreadable: ["/etc/iptables/rules.v4"] },
    rivals: dark,
    firewall: { service: dark, services: dark },
  };
  const { seen, unseen } = needOf(unread);
  expect(seen).toEqual([]);
  expect(unseen).toHaveLength(6);
  expect(unseen.every((reason) => reason.startsWith("could not be read: "))).toBe(true);
});
