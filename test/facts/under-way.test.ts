import { describe, expect, it } from "vitest";
import { factsToData } from "../../src/facts/data.ts";
import { asNobody, isRoot, oddFolder, probe, request, runProbe, shellNames } from "./probing.ts";
import { plantTree, type Tree } from "./tree.ts";

const boot = "a9236eb2-8719-4750-b84b-ddbe7f96aea3";
const earlier = "00000000-8719-4750-b84b-ddbe7f96aea3";
const run = "20261122T165150Z-3f9a";
const token = "5ec4e75ec4e75ec4e75ec4e75ec4e75e";
const store = "var/lib/ctfleet";

const rootOf = (tree: Tree): string => {
  const root = oddFolder();
  plantTree(root, {
    "proc/sys/kernel/random/boot_id": `${boot}\n`,
    "proc/uptime": "5200.25 20000.00\n",
    ...Object.fromEntries(Object.entries(tree).map(([path, entry]) => [`${store}/${path}`, entry])),
  });
  return root;
};
const dataOf = (tree: Tree, shell: (typeof shellNames)[number] = "dash") =>
  factsToData(probe(request({ root: rootOf(tree) }), { shell }));

describe.each(shellNames)("what runs have left on a host, under %s", (shell) => {
  it("is told as it stands there", () => {
    const data = dataOf(
      {
        lock: `${run} ${boot} 5000 480 ann@bastion with words\n`,
        pending: `${run} 2 ${boot} 5100 120 - ${token}\n`,
        reverted: `${run} 1 ${boot} 4000 timeout\n`,
        [`${run}/1/reverted`]: "back /etc/a\nleft net.netfilter.nf_conntrack_max 9: 8 entries are tracked\nback x\n",
      },
      shell,
    );
    expect(data).toMatchObject({
      lock: { run, owner: "ann@bastion with words", remaining: 280 },
      pending: { run, part: 2, remaining: 20 },
      reverted: {
        run,
        part: 1,
        because: "timeout",
        left: ["net.netfilter.nf_conntrack_max 9: 8 entries are tracked"],
      },
    });
  });

  it("never has what confirms a change, whatever stands there", () => {
    for (const line of [`${run} 2 ${boot} 5100 120 - ${token}\n`, `${token}\n`, `a ${token}\n`, token]) {
      const root = rootOf({ pending: line });
      const output = Buffer.from(runProbe(request({ root }), { shell })).toString("latin1");
      expect(output).toContain("pending ");
      expect(output).not.toContain(token);
    }
  });
});

describe("what runs have left on a host", () => {
  it("is nothing where there is nothing", () => {
    expect(dataOf({})).toMatchObject({ lock: null, pending: null, reverted: null });
    const { lock, pending, reverted } = probe(request({ root: rootOf({}) }), { shell: "dash" });
    expect([lock, pending, reverted].map(({ kind }) => kind)).toEqual(["absent", "absent", "absent"]);
  });

  it.each([
    ["of an earlier boot", `${run} ${earlier} 5000 480 ann\n`],
    ["whose time is over", `${run} ${boot} 4000 480 ann\n`],
  ])("a lock %s keeps nobody off", (_, lock) => {
    expect(dataOf({ lock })).toMatchObject({ lock: { run, owner: "ann", remaining: 0 } });
  });

  it.each([
    ["has its time from this boot's beginning, after a reboot of ours", "9000", 3800],
    ["has no time left, where the host went down by itself", "-", 0],
  ])("a change of an earlier boot %s", (_, after, remaining) => {
    expect(dataOf({ pending: `${run} 1 ${earlier} 5100 120 ${after} ${token}\n` })).toMatchObject({
      pending: { run, remaining },
    });
  });

  it("is unreadable where it makes no sense, and never led by it to another folder", () => {
    for (const odd of [
      "../.. etc",
      "/ etc",
      `${run} ../../../etc ${boot} 1 timeout`,
      "x",
      `${run} 1 ${boot} 1 because`,
    ]) {
      const { lock, pending, reverted } = probe(
        request({ root: rootOf({ lock: `${odd}\n`, pending: `${odd}\n`, reverted: `${odd}\n` }) }),
        { shell: "dash" },
      );
      expect([odd, lock.kind, pending.kind, reverted.kind]).toEqual([odd, "unreadable", "unreadable", "unreadable"]);
    }
  });

  it("is what could not be put back, up to a cap", () => {
    const data = dataOf({
      reverted: `${run} 1 ${earlier} 1 boot\n`,
      [`${run}/1/reverted`]: `left ${"x".repeat(5000)}\n`.repeat(500),
    });
    const { left } = data["reverted"] as { left: readonly string[] };
    expect([left.length, left.join("").length]).toEqual([20, 20 * 295]);
  });

  it.runIf(isRoot)("is unreadable, not absent, to a user who may not look", () => {
    const root = rootOf({ lock: `${run} ${boot} 5000 480 ann\n` });
    plantTree(root, { [`${store}/closed`]: "" });
    const { lock, pending, reverted } = probe(request({ root }), {
      shell: "dash",
      under: ["sh", "-c", `chmod 700 "$0" && shift 0; exec "$@"`, `${root}/${store}`, ...asNobody],
    });
    expect([lock, pending, reverted].map(({ kind }) => kind)).toEqual(["unreadable", "unreadable", "unreadable"]);
  });
});
