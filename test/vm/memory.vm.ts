import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectSize, tableBytes } from "../../src/conntrack/memory.ts";
import { startVm, type Vm } from "../support/vm.ts";
import { factsOf, fill, track } from "./guest.ts";

const flows = 100_000;
const report = join(import.meta.dirname, "../../test-output/vm-memory.txt");

let vm: Vm;
beforeAll(async () => {
  vm = await startVm();
  // The flows must outlive the filling, and chains must stay short: the table itself is made before anything is measured.
  await track(vm.run);
  await vm.run(
    "sysctl -qw net.netfilter.nf_conntrack_max=200000 net.netfilter.nf_conntrack_udp_timeout=900; echo 131072 >/sys/module/nf_conntrack/parameters/hashsize",
  );
});
afterAll(() => vm.stop());

/** Entries, objects of the slab cache, and all slab memory, in bytes. */
const measure =
  "cat /proc/sys/net/netfilter/nf_conntrack_count; awk '$1 == \"nf_conntrack\" { print $3, $4 }' /proc/slabinfo; awk '/^Slab:/ { print $2 * 1024 }' /proc/meminfo";
const settle = "sync; echo 3 >/proc/sys/vm/drop_caches";

const numbers = (text: string) => {
  const [count = 0, objects = 0, size = 0, slab = 0] = text.trim().split(/\s+/).map(Number);
  return { count, objects, size, slab };
};

describe("the memory model", () => {
  it(`says what ${flows} entries take, within five percent`, async () => {
    const facts = await factsOf(vm.run);
    const before = numbers(await vm.run(`${settle}; ${measure}`));
    const after = numbers(await fill(vm.run, { flows, after: `${settle}; ${measure}` }));
    const entries = after.count - before.count;
    const grown = after.slab - before.slab;
    const model = tableBytes(facts, { max: entries, buckets: 0 });
    const error = model / grown - 1;

    const said = [
      `kernel: ${facts.kernel.release.kind === "read" ? facts.kernel.release.value : "?"}`,
      `entries: ${entries}`,
      `objects: ${after.objects - before.objects} of ${after.size} bytes`,
      `Slab grew by: ${grown} bytes, ${(grown / entries).toFixed(1)} an entry`,
      `the model says: ${model} bytes, ${(model / entries).toFixed(1)} an entry`,
      `error: ${(error * 100).toFixed(2)}%`,
    ].join("\n");
    console.log(said);
    mkdirSync(join(report, ".."), { recursive: true });
    writeFileSync(report, `${said}\n`);

    // Entries of before may have expired meanwhile.
    expect(entries).toBeGreaterThan(0.99 * flows);
    expect(objectSize(facts).bytes).toBe(after.size);
    expect(Math.abs(error)).toBeLessThan(0.05);
  });
});
