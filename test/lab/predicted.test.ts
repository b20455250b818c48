import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Prediction, predictBoot, predictRestart } from "../../src/conntrack/predict.ts";
import type { Kind } from "../../src/lab/kind.ts";
import { el6 } from "../../src/lab/kinds/enterprise-linux.ts";
import { kinds } from "../../src/lab/kinds.ts";
import type { Facts } from "../../src/model/facts.ts";
import { valueOf } from "../../src/model/reading.ts";
import { type Practice, practice } from "./practice.ts";

// The lab proves nothing about kernels. But where it does otherwise than the prediction, one of the two is wrong.

/** EL6's own way with sysctl.d: every file but what an editor or a package left, and no other folder. */
const el6WithFiles: Kind = {
  ...el6,
  name: "el6-sysctl-d",
  files: {
    ...el6.files,
    "/etc/sysconfig/modules/conntrack.modules": { text: "#!/bin/sh\nexec /sbin/modprobe nf_conntrack\n", mode: 0o755 },
    "/etc/sysctl.d/conntrack": "net.netfilter.nf_conntrack_max = 90112\n",
    "/etc/sysctl.d/conntrack.conf.rpmsave": "net.netfilter.nf_conntrack_max = 81920\n",
    "/usr/lib/sysctl.d/99-conntrack.conf": "net.netfilter.nf_conntrack_max = 73728\n",
  },
};
/** There the network script comes after what loads the module, and applies sysctl files once more. */
const el6Late: Kind = {
  ...el6,
  name: "el6-late",
  files: { ...el6.files, "/etc/sysctl.d/conntrack": "net.netfilter.nf_conntrack_max = 90112\n" },
};
const all: readonly Kind[] = [...kinds, el6WithFiles, el6Late];

let fleet: Practice;
/** What each kind of host went through, all of them at the same time. */
const lives = new Map<Kind, Life>();
type Life = { readonly before: Facts; readonly restarted: Facts; readonly booted: Facts };

beforeAll(async () => {
  fleet = await practice();
  await Promise.all(all.map(async (kind) => lives.set(kind, await live(kind))));
});
afterAll(() => fleet.remove());

const live = async (kind: Kind): Promise<Life> => {
  const host = fleet.host(kind);
  const before = await host.facts();
  if (valueOf(before.firewall.service) !== "none") await host.run("lab-firewall restart");
  const restarted = await host.facts();
  await host.reboot();
  return { before, restarted, booted: await host.facts() };
};

/** Values by name; what cannot be told is left out. */
type Values = Readonly<Record<string, number | string | undefined>>;

const known = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const foretold = ({ max, buckets, keys }: Prediction): Values =>
  known({
    max: max.value,
    buckets: buckets.value,
    ...Object.fromEntries([...keys].map(([key, { value }]) => [key, value?.toString()])),
  });

const inForce = ({ conntrack }: Facts): Values =>
  known({
    max: valueOf(conntrack.max),
    buckets: valueOf(conntrack.buckets),
    ...Object.fromEntries(conntrack.keys),
  });

/**
 * Kinds of which the size after a boot cannot be told: Debian's nftables and systemd-sysctl are started in no order, a file may be
 * closed, and a guest's belongs to the host below.
 */
const untold = ["debian", "plain-login", "container", "lxc-near-max", "openvz"];

const reasons = ({ max, buckets }: Prediction): string => `max: ${max.because}; buckets: ${buckets.because}`;

describe.each(all.map((kind) => ({ name: kind.name, kind })))("$name", ({ name, kind }) => {
  it("has the values after a restart of its firewall that were predicted", () => {
    const { before, restarted } = lives.get(kind)!;
    const prediction = predictRestart(before);
    if (valueOf(before.firewall.service) === "none") {
      expect(prediction).toBeUndefined();
      return;
    }
    expect(inForce(restarted), reasons(prediction!)).toMatchObject(foretold(prediction!));
    expect(foretold(prediction!)).toHaveProperty("max");
  });

  it("boots into the values that were predicted", () => {
    const { before, booted } = lives.get(kind)!;
    const prediction = predictBoot(before);
    const { when, because } = prediction.loaded;
    // Loaded by hand: the prediction takes it for something that will do so again.
    if (name === "unused") {
      expect(because).toContain("no file tells");
      return;
    }
    expect(valueOf(booted.conntrack.loaded), because).toBe(when !== "never");
    expect(inForce(booted), reasons(prediction)).toMatchObject(foretold(prediction));
    expect("max" in foretold(prediction), reasons(prediction)).toBe(when !== "never" && !untold.includes(name));
  });
});

it("takes every file of sysctl.d on EL6 whatever it ends in, also where the module comes late", () => {
  const boots = [el6WithFiles, el6Late].map((kind) => lives.get(kind)!.booted);
  expect(boots.map(({ conntrack }) => valueOf(conntrack.max))).toEqual([90112, 90112]);
});
