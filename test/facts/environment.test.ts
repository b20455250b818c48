import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { factsToData } from "../../src/facts/data.ts";
import { parseFacts } from "../../src/facts/parse.ts";
import { asNobody, isRoot, oddFolder, probe, request, runProbe, type Shell, shellNames } from "./probing.ts";

const steady = (shell: Shell, env: NodeJS.ProcessEnv = {}, path: readonly string[] = []) => {
  const data = factsToData(probe(request({ files: ["/etc/passwd"] }), { shell, env, path }));
  return {
    config: data["config"],
    files: data["files"],
    modules: data["modules"],
    os: data["os"],
    machine: data["machine"],
  };
};

describe.each(shellNames)("the probe under %s", (shell) => {
  it("takes no notice of an odd login environment", () => {
    const env = {
      LC_ALL: "C.UTF-8",
      LANG: "de_DE.UTF-8",
      GREP_OPTIONS: "--color=always -v",
      GREP_COLORS: "mt=01",
      TIME_STYLE: "long-iso",
      QUOTING_STYLE: "c",
      BLOCK_SIZE: "1M",
      CDPATH: "/tmp:/var",
      IFS: "/",
      POSIXLY_CORRECT: "1",
      SHELLOPTS: "noglob:errexit",
    };
    expect(steady(shell, env)).toEqual(steady(shell));
  });

  it("is whole where ENV and BASH_ENV print something first", () => {
    const noise = join(oddFolder(), "noise");
    writeFileSync(noise, "echo '@0123456789abcdef0123456789abcdef welcome'; alias grep='grep -v'\n");
    expect(steady(shell, { ENV: noise, BASH_ENV: noise })).toEqual(steady(shell));
  });

  it("says so where the root folder is not there", () => {
    const wanted = request({ root: "/nowhere/at all" });
    expect(parseFacts(runProbe(wanted, { shell }), wanted)).toMatchObject({ kind: "garbled" });
  });
});

describe("facts of this machine", () => {
  const facts = () => factsToData(probe(request(), { shell: "dash" })) as Record<string, Record<string, unknown>>;
  const text = (path: string) => readFileSync(path, "utf8").trim();

  it("are what its own files say", () => {
    expect(facts()["kernel"]).toMatchObject({
      release: text("/proc/sys/kernel/osrelease"),
      boot_id: text("/proc/sys/kernel/random/boot_id"),
      command_line: text("/proc/cmdline"),
    });
    expect(facts()["memory"]).toMatchObject({
      total: Number(/MemTotal: +(\d+)/.exec(text("/proc/meminfo"))![1]) * 1024,
    });
    expect(facts()["uid"]).toBe(process.getuid?.());
  });

  it.runIf(isRoot)("are unreadable, not absent, where an ordinary user may not look", () => {
    const root = oddFolder();
    const put = (path: string, content: string, mode: number) => {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
      chmodSync(join(root, path), mode);
    };
    put("proc/slabinfo", "nf_conntrack 1 1 256 16 1\n", 0o400);
    put("proc/sys/net/netfilter/nf_conntrack_max", "100\n", 0o644);
    put("proc/sys/net/netfilter/nf_conntrack_count", "7\n", 0o400);
    put("etc/sysconfig/iptables-config", 'IPTABLES_SYSCTL_LOAD_LIST=""\n', 0o600);
    put("etc/sysctl.d/90-a.conf", "net.netfilter.nf_conntrack_max=1\n", 0o644);
    put("etc/closed/deep/file.conf", "x\n", 0o644);
    put("var/log/kern.log", "x\n", 0o600);
    chmodSync(join(root, "etc/sysctl.d"), 0o700);
    chmodSync(join(root, "etc/closed"), 0o700);
    const files = ["/etc/sysconfig/iptables-config", "/etc/closed/deep/file.conf", "/etc/sysctl.d/new.conf"];
    const data = factsToData(probe(request({ root, files }), { shell: "dash", under: asNobody })) as Record<
      string,
      unknown
    >;
    expect(data).toMatchObject({
      uid: 65534,
      conntrack: {
        max: 100,
        writable: false,
        count: null,
        usage: null,
        object_size: null,
        unreadable_keys: ["net.netfilter.nf_conntrack_count"],
      },
      config: { lines: [], unreadable: ["/etc/sysctl.d", "/etc/sysconfig/iptables-config"] },
      files: {
        "/etc/sysconfig/iptables-config": { kind: "unreadable" },
        "/etc/closed/deep/file.conf": { kind: "unreadable" },
        "/etc/sysctl.d/new.conf": { kind: "unreadable" },
      },
    });
    const unseen = (data["unreadable"] as { path: string }[]).map(({ path }) => path);
    expect(unseen).toEqual(expect.arrayContaining(["conntrack.count", "conntrack.usage", "conntrack.object_size"]));
  });
});
