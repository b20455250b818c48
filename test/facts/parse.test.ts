import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsToData } from "../../src/facts/data.ts";
import { parseFacts } from "../../src/facts/parse.ts";
import { linesByName } from "../../src/facts/sweep.ts";
import { nonce, request, runProbe } from "./probing.ts";

const wanted = request({ files: ["/etc/passwd", "/etc/nothing"] });
const output = Buffer.from(runProbe(wanted, { shell: "dash" }));

type Parts = { readonly [name: string]: string };
const least: Parts = {
  begin: "",
  uid: "0",
  log: "@from dmesg",
  wholes: "",
  whole: "",
  picks: "",
  picked: "",
  searches: "",
  found: "",
  saves: "",
  saved: "",
  plain_marks: "",
  marks: "",
  kinds: "",
};

const write = (parts: Parts): Buffer =>
  Buffer.from(
    [
      ...Object.entries(parts).map(([name, text]) => `@${nonce} ${name} ${Buffer.byteLength(text)}\n${text}\n`),
      `@${nonce} end 0\n\n`,
    ].join(""),
  );

/** Facts as data, from the least that a probe sends and what a case adds to it. */
const dataOf = (parts: Parts): Record<string, Record<string, unknown>> => {
  const parsed = parseFacts(write({ ...least, ...parts }), request());
  if (parsed.kind === "garbled") throw new Error(parsed.because);
  return factsToData(parsed.facts) as Record<string, Record<string, unknown>>;
};

/** Files of the small sort, by path. */
const small = (files: Parts): Parts => ({
  wholes: Object.keys(files)
    .map((path) => `rw ${path}\n`)
    .join(""),
  whole: Object.entries(files)
    .flatMap(([path, text]) => text.split("\n").map((line) => `${path}:${line}`))
    .join("\n"),
});

describe("what a probe printed", () => {
  it("is taken whole behind a banner without a line feed, and with junk after it", () => {
    const noisy = Buffer.concat([Buffer.from("Welcome!"), output, Buffer.from("logout\n")]);
    expect(parseFacts(noisy, wanted)).toEqual(parseFacts(output, wanted));
  });

  it("is garbled when it is cut anywhere", () => {
    fc.assert(
      fc.property(fc.nat(output.length - 3), (at) => {
        expect(parseFacts(output.subarray(0, at), wanted).kind).toBe("garbled");
      }),
    );
  });

  it("is garbled when a part is missing", () => {
    for (const name of Object.keys(least)) {
      const rest = Object.fromEntries(Object.entries(least).filter(([other]) => other !== name));
      expect(parseFacts(write(rest), request()), name).toMatchObject({ kind: "garbled" });
    }
  });

  it("never makes the parsers throw, whatever the parts hold", () => {
    const names = [
      ...Object.keys(least),
      "blocks",
      "arch",
      "services",
      "programs",
      "image",
      "modes",
      "sizes",
      "contents",
    ];
    const words = fc.constantFrom(
      "rw ",
      "!! ",
      "proc/modules",
      ":",
      "\n",
      "-",
      "1",
      " ",
      "@from /x 2026-13-45T99:99:99+0000",
      "regular ./etc/passwd",
      "Binary file x matches",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((list) => list.join("")),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), (parts) => {
        const parsed = parseFacts(write({ ...least, ...parts }), wanted);
        if (parsed.kind === "ok") JSON.stringify(factsToData(parsed.facts));
      }),
    );
  });
});

describe("numbers", () => {
  it.each(["", "-1", "0x10", "1e3", " 5", "5 ", "12345678901234567890", "cat: nf_conntrack_max: Input/output error"])(
    "are read strictly: %j is unreadable, not zero and not absent",
    (text) => {
      const data = dataOf(small({ "proc/sys/net/netfilter/nf_conntrack_max": text }));
      expect(data["conntrack"]).toMatchObject({ max: null });
      expect(data["unreadable"]).toContainEqual(expect.objectContaining({ path: "conntrack.max" }));
    },
  );

  it("are absent where there is no file", () => {
    const data = dataOf({});
    expect(data["conntrack"]).toMatchObject({ max: null, state: null });
    expect(data["unreadable"]).not.toContainEqual(expect.objectContaining({ path: "conntrack.max" }));
  });
});

describe("a number that cannot be is not used:", () => {
  const picked = (path: string, text: string): Parts => ({ picks: `rw ${path}\n`, picked: `${path}:${text}` });
  it.each<[string, string, Parts]>([
    ["conntrack", "object_size", picked("proc/slabinfo", "nf_conntrack 0 0 0 0 0")],
    ["conntrack", "object_size", small({ "sys/kernel/slab/nf_conntrack/slab_size": "0" })],
    ["memory", "total", picked("proc/meminfo", "MemTotal: 0 kB")],
    ["memory", "installed", picked("proc/meminfo", "MemTotal: 0 kB")],
    ["machine", "page_size", { ...picked("proc/self/smaps", "KernelPageSize: 0 kB"), arch: "aarch64" }],
    ["machine", "cpus", small({ "sys/devices/system/cpu/online": "1-0" })],
    ["machine", "cpus", small({ "sys/devices/system/cpu/online": "0-3,9-8" })],
  ])("%s.%s of %j", (group, name, parts) => {
    const data = dataOf(parts);
    expect(data[group]).toMatchObject({ [name]: null });
    expect(data["unreadable"]).toContainEqual(expect.objectContaining({ path: `${group}.${name}` }));
  });

  it("blocks of memory without a size", () => {
    const files = small({ "sys/devices/system/memory/block_size_bytes": "0" });
    const data = dataOf({ ...files, ...picked("proc/meminfo", "MemTotal: 62914560 kB"), blocks: "480 480" });
    expect(data["memory"]).toMatchObject({ installed: 60 * 2 ** 30 });
  });
});

it("lines of nothing but colons take no time, even where a name has one", () => {
  const lines = Array.from({ length: 400 }, () => ":".repeat(16_300));
  const begun = process.cpuUsage();
  const found = linesByName([...lines, "etc/a:b:1:x"].join("\n"), new Set(["etc/a", "etc/a:b"]));
  const { user, system } = process.cpuUsage(begun);
  expect([...found]).toEqual([["etc/a:b", ["1:x"]]]);
  expect(user + system).toBeLessThan(1_000_000);
});

describe("boot_id", () => {
  it.each([
    "",
    "00000000-0000-0000-0000-000000000000",
    "A9236EB2-8719-4750-B84B-DDBE7F96AEA3",
    "a9236eb2-8719-4750-b84b-ddbe7f96aea3x",
    "sh: boot_id: not found",
  ])("%j is unreadable", (text) =>
    expect(dataOf(small({ "proc/sys/kernel/random/boot_id": text }))["kernel"]).toMatchObject({ boot_id: null }),
  );
});

describe("installed memory", () => {
  const installed = (kibibytes: number, blocks?: string) => {
    const picks = { picks: "rw proc/meminfo\n", picked: `proc/meminfo:MemTotal:  ${kibibytes} kB` };
    const files = small({ "sys/devices/system/memory/block_size_bytes": "8000000" });
    return dataOf({ ...files, ...picks, ...(blocks === undefined ? {} : { blocks }) })["memory"]?.["installed"];
  };
  it.each([
    ["blocks that are online, not those that are plugged in", 61_740_876, "480 470", 470 * 2 ** 27],
    ["MemTotal rounded up to 1 GiB where no block says", 61_740_876, "480 0", 59 * 2 ** 30],
    ["MemTotal rounded up to 1 GiB without blocks", 62_914_560, undefined, 60 * 2 ** 30],
    ["MemTotal rounded up to 128 MiB below 4 GiB", 1_014_000, undefined, 2 ** 30],
  ])("is %s", (_, kibibytes, blocks, bytes) => expect(installed(kibibytes, blocks)).toBe(bytes));
});

describe("the kernel's log", () => {
  const uptime = small({ "proc/uptime": "10000.0 1.0" });
  const log = (...lines: readonly string[]) => dataOf({ ...uptime, log: lines.join("\n") })["log"];
  const full = "nf_conntrack: table full, dropping packet";

  it("has ages by the time since boot", () => {
    expect(log(`[ 9000.5] ${full}`, `<4>[    1.0] ${full}`, "@from dmesg")).toMatchObject({
      full: 2,
      newest_age: 1000,
      recent: 1,
    });
  });
  it("without stamps has lines of unknown age", () => {
    const data = dataOf({ ...uptime, log: `${full}\n@from dmesg` });
    expect(data["log"]).toMatchObject({ full: 1, newest_age: null, recent: null });
    expect(data["unreadable"]).toContainEqual({ path: "log.recent", because: "dmesg: no time stamps" });
  });
  it.each([
    ["Nov 22 17:00:00 h kernel: ", "2026-11-22T17:10:00+0100", 600],
    ["Dec 31 23:59:00 h kernel: ", "2027-01-01T00:01:00+0000", 120],
    ["Feb 29 00:00:00 h kernel: ", "2024-03-01T00:00:00+0000", 86_400],
    ["2026-11-22T16:00:00.123456+00:00 h kernel: ", "2026-11-22T17:10:00+0100", 600],
    ["2026-11-22T16:09:59Z h kernel: ", "2026-11-22T17:10:00+0100", 1],
  ])("of %j at %s is %d s old", (stamp, now, age) => {
    expect(log(stamp + full, `@from /var/log/kern.log ${now}`)).toMatchObject({
      source: "/var/log/kern.log",
      newest_age: age,
    });
  });
  it("is unreadable, not empty, where nobody would show it", () => {
    expect(log("@closed /var/log/messages")).toMatchObject({ source: null, full: null, recent: null });
  });
  it("takes no other line for one on a full table", () => {
    expect(
      log(`[1.0] xnf_conntrack: table full`, "[1.0] nf_conntrack_expect: table full, dropping", "@from dmesg"),
    ).toMatchObject({ full: 0 });
  });
});

describe("statistics", () => {
  const statistics = (text: string) =>
    dataOf(small({ "proc/sys/net/netfilter/nf_conntrack_count": "1", "proc/net/stat/nf_conntrack": text }))[
      "conntrack"
    ]?.["statistics"];
  it("are summed by the header's names", () => {
    expect(statistics("entries  drop chaintoolong\n00000005  0000000a 00000001\n00000005  00000001 00000000")).toEqual({
      drop: 11,
      chaintoolong: 1,
    });
  });
  it.each(["entries drop", "entries drop\n01", "entries drop\n01 zz"])(
    "that do not fit their header are unreadable: %j",
    (text) => expect(statistics(text)).toBeNull(),
  );
});
