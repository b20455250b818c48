import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildProbe } from "../../src/facts/probe.ts";
import { oddFolder, request, runProbe, shellNames, shells } from "./probing.ts";
import { type Programs, plantPrograms, plantTree, type Tree } from "./tree.ts";

const budget = 20;
const files = ["/etc/sysctl.conf", "/etc/passwd", "/etc/nothing/here.conf"];

/** System calls of a probe: those that name a file, and those that load or remove a module. */
const traceProbe = (shell: (typeof shellNames)[number], wanted = request({ files }), path: readonly string[] = []) => {
  const trace = join(oddFolder(), "trace");
  const calls = "trace=%file,init_module,finit_module,delete_module";
  runProbe(wanted, { shell, path, under: ["strace", "-ff", "-qq", "-s", "4096", "-e", calls, "-o", trace] });
  // One file for each process, named for its id: no line is torn by another's.
  const parts = readdirSync(dirname(trace)).filter((name) => name.startsWith("trace."));
  return parts.flatMap((name) => readFileSync(join(dirname(trace), name), "utf8").split("\n"));
};

const programsOf = (trace: readonly string[]): readonly string[] =>
  trace.flatMap((line) => /^execve\("([^"]*)".* = 0$/.exec(line)?.[1] ?? []);

describe.each(shellNames)("the probe under %s", (shell) => {
  // ksh93 takes the output of $(...) through a nameless file in memory: made and unlinked at once, by the shell itself.
  const trace = traceProbe(shell).filter((line) => shell !== "ksh" || !/"\/dev\/shm\/sf[\w.]+"/.test(line));

  it("runs at most 20 programs, the shell among them", () => {
    const programs = programsOf(trace);
    console.log(`${shell}: ${programs.length} programs`);
    expect(programs.length).toBeGreaterThan(8);
    expect(programs.length).toBeLessThanOrEqual(budget);
  });

  it("runs nothing that could load a module or change a setting", () => {
    const names = new Set(programsOf(trace).map((path) => path.slice(path.lastIndexOf("/") + 1)));
    const known = ["busybox", "cat", "date", "dmesg", "grep", "id", "ls", "systemctl", "tail", "uname", "wc"];
    expect([...names].filter((name) => ![...known, ...shells[shell]].includes(name))).toEqual([]);
  });

  it("opens nothing for writing but /dev/null and a shell's own terminal", () => {
    const writing = trace.filter((line) => /open(?:at)?\(.*O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(line));
    expect(writing.filter((line) => !/"\/dev\/(?:null|tty)"/.test(line))).toEqual([]);
  });

  it("makes, moves and removes nothing, and touches no module", () => {
    const changes =
      /\b(?:creat|mkdir|mknod|link|symlink|unlink|rename|rmdir|truncate|ch(?:mod|own)|utime\w*|\w*setxattr|mount|\w*_module)(?:at2?)?\(/;
    expect(trace.filter((line) => changes.test(line) && !/faccessat|readlink/.test(line))).toEqual([]);
  });
});

describe("the probe on a host that answers as little as it can", () => {
  const host = parse(
    readFileSync(join(import.meta.dirname, "../cases/facts/hosts/el7-iptables-services.yaml"), "utf8"),
  ) as {
    programs: Programs;
    files: Tree;
  };
  const [root, programs] = [oddFolder(), oddFolder()];
  plantTree(root, {
    ...host.files,
    "var/log/messages": "no kernel here\n",
    "sys/devices/system/memory/memory0/state": "online\n",
  });
  plantPrograms(programs, { ...host.programs, journalctl: null, date: "2026-11-22T17:06:42+0000\n" });

  it.each(["dash", "bash", "busybox ash"] as const)("keeps to 20 programs under %s", (shell) => {
    const wanted = request({ root, files: ["/etc/sysctl.conf"] });
    const ran = programsOf(traceProbe(shell, wanted, [programs]));
    console.log(`${shell}, every fallback taken: ${ran.length} programs`);
    expect(ran.some((path) => path.endsWith("/tail"))).toBe(true);
    expect(ran.length).toBeLessThanOrEqual(budget);
  });

  it("reads nothing of the machine below the root folder", () => {
    const trace = traceProbe("dash", request({ root, files: ["/etc/sysctl.conf"] }), [programs]);
    const outside = trace.filter((line) =>
      /open(?:at)?\([^"]*"\/(?:proc|sys|run|var\/log|etc\/(?:sysctl|modprobe))/.test(line),
    );
    // libraries look at /proc and /sys on their own account
    expect(outside.filter((line) => !/\/proc\/(?:filesystems|self\/|sys\/vm)|\/sys\/fs\/selinux/.test(line))).toEqual(
      [],
    );
  });
});

describe("the probe", () => {
  it.each(shellNames)("takes less than a second of an idle host under %s", (shell) => {
    const begun = performance.now();
    runProbe(request({ files }), { shell });
    console.log(`${shell}: ${Math.round(performance.now() - begun)} ms`);
  });

  it("does nothing at all when it is cut on its way", () => {
    const whole = buildProbe(request({ files }));
    const body = whole.lastIndexOf("}");
    for (const length of [body / 10, body / 2, body - 300, body]) {
      const run = spawnSync("sh", ["-s"], { input: whole.slice(0, length) });
      expect(run.stdout.toString()).toBe("");
    }
  });

  it("reads no standard input that follows it", () => {
    const after = "\necho what follows runs too\n";
    const run = spawnSync("sh", ["-s"], { input: buildProbe(request({ files })) + after });
    expect(run.stdout.toString()).toMatch(/ end 0\n\nwhat follows runs too\n$/);
  });
});
