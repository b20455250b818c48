import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/expr/compile.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { factsContext } from "../../src/expr/facts-context.ts";
import type { SysctlKey } from "../../src/model/brand.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Desired, Play, Playbook } from "../../src/model/play.ts";
import { absent, read } from "../../src/model/reading.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { templateNames } from "../../src/playbook/template-names.ts";
import { checkTemplate } from "../../src/render/check.ts";
import { compileTemplate } from "../../src/render/compile-template.ts";
import { renderTemplate } from "../../src/render/render-template.ts";
import { editSettings, styleOfPath } from "../../src/render/settings.ts";
import { someFacts } from "../expr/some-facts.ts";

const playbooks = readdirSync("playbooks");
const textOf = (file: string): string => readFileSync(file, "utf8");
const shipped = (name: string): Playbook => {
  const parsed = parsePlaybook({ file: `playbooks/${name}`, text: textOf(`playbooks/${name}`) });
  if (parsed.kind === "problems")
    throw new Error(parsed.problems.map((one) => `${one.at.line} ${one.message}`).join("\n"));
  return parsed.value;
};
const onlyPlay = (name: string): Play => shipped(name).plays[0]!;

const keys = (family: "nf" | "ip"): Desired => {
  const prefix = family === "nf" ? "net.netfilter.nf_conntrack_" : "net.ipv4.netfilter.ip_conntrack_";
  const key = (name: string) => `${prefix}${name}` as SysctlKey;
  const timeouts = new Map([
    [key("generic_timeout"), 120],
    [key("tcp_timeout_established"), 54000],
  ]);
  return { max: 524288, buckets: 131072, timeouts, keys: new Map([[key("max"), 524288], ...timeouts]) };
};

type Files = ReadonlyMap<string, string>;

/** A task without the places of its expressions. */
const plain = (task: object): unknown =>
  JSON.parse(JSON.stringify(task, (key, value: unknown) => (key === "at" ? 0 : value)));

/** What a play makes of a host's files, task by task, as the planner does it. */
const filesAfter = (play: Play, facts: Facts, before: Files): Files => {
  const files = new Map(before);
  const context = {
    facts: factsContext(facts),
    vars: {},
    host: { name: "gw1", groups: [] },
    play: { name: play.name },
    conntrack: keys(facts.conntrack.family.kind === "read" ? facts.conntrack.family.value : "nf"),
  };
  for (const task of play.tasks) {
    const verdicts = task.when.map((one) => {
      const compiled = compileExpression(one);
      if (compiled.kind !== "ok") throw new Error(compiled.problems[0].message);
      return evaluate(compiled.value, context);
    });
    for (const verdict of verdicts) if (verdict.kind === "unknown") throw new Error(verdict.because);
    if (verdicts.some(({ kind }) => kind === "false")) continue;
    if (task.kind === "absent") files.delete(task.path);
    if (task.kind === "template") {
      const file = `templates/${task.src}`;
      const compiled = compileTemplate({ file, text: textOf(file) });
      if (compiled.kind !== "ok") throw new Error(compiled.problems[0].message);
      const rendered = renderTemplate(compiled.value, {
        ...context,
        file: files.get(task.dest) ?? "",
        dest: task.dest,
      });
      if (rendered.kind === "failed") throw new Error(`${task.src}: ${rendered.because}`);
      files.set(task.dest, rendered.text);
    }
    if (task.kind === "settings" && files.has(task.path)) {
      const { path, set, absent } = task;
      const edited = editSettings({ text: files.get(path) ?? "", set, absent, style: styleOfPath(path) });
      if (edited.kind === "refused") throw new Error(edited.because);
      files.set(path, edited.text);
    }
  }
  return files;
};

describe("what is shipped works", () => {
  it("ships the playbooks", () => {
    expect(playbooks.sort()).toEqual([
      ...["audit.yaml", "raise-ceiling.yaml", "reboot-into-values.yaml", "remove-conntrack.yaml", "timeouts.yaml"],
    ]);
  });

  it.each(playbooks)("%s is read without a problem, and its templates are too", (name) => {
    for (const play of shipped(name).plays)
      for (const task of play.tasks)
        if (task.kind === "template") {
          const file = `templates/${task.src}`;
          expect(checkTemplate({ file, text: textOf(file) }, { vars: play.vars, dest: task.dest })).toEqual([]);
        }
  });

  it("uses every template that it ships", () => {
    const used = playbooks.flatMap((name) => templateNames(shipped(name)).map(({ src }) => src));
    expect([...new Set(used)].sort()).toEqual(readdirSync("templates").sort());
  });

  it("audits without wanting anything", () => {
    expect(onlyPlay("audit.yaml").tasks).toEqual([]);
  });
});

const iptablesConfig = `# Load additional iptables modules\nIPTABLES_MODULES=""\n\n# Unload\nIPTABLES_MODULES_UNLOAD="yes"\n`;
const debian = someFacts({
  os: { id: read("debian"), version: read("12"), like: absent },
  firewall: { service: read("nftables") },
});
const el5 = someFacts({
  os: { id: absent, version: absent, like: absent },
  init: read("sysv"),
  kernel: { release: read("2.6.18-419.el5") },
  conntrack: { family: read("ip") },
});

describe("raise-ceiling.yaml", () => {
  const play = onlyPlay("raise-ceiling.yaml");

  it("gives a Debian host its four files, and nothing of iptables-services", () => {
    const files = filesAfter(play, debian, new Map());
    expect(Object.fromEntries(files)).toEqual({
      "/etc/modprobe.d/nf_conntrack.conf":
        "# Managed by ctfleet. Read when the module is loaded; max becomes 8 x hashsize then, until sysctl sets it.\n" +
        "options nf_conntrack hashsize=131072\n",
      "/etc/modules-load.d/nf_conntrack.conf":
        "# Managed by ctfleet. Loaded before sysctl.d is applied, which would otherwise find no keys to set.\nnf_conntrack\n",
      "/etc/udev/rules.d/90-nf_conntrack.rules":
        "# Managed by ctfleet. Whenever the module is loaded, sysctl.d is applied to the keys that it brings.\n" +
        'ACTION=="add", SUBSYSTEM=="module", KERNEL=="nf_conntrack", ' +
        'RUN+="/lib/systemd/systemd-sysctl --prefix=/net/netfilter --prefix=/net/nf_conntrack_max"\n',
      "/etc/sysctl.d/99-zz-nf_conntrack.conf":
        "# Managed by ctfleet.\nnet.netfilter.nf_conntrack_max = 524288\n" +
        "net.netfilter.nf_conntrack_generic_timeout = 120\nnet.netfilter.nf_conntrack_tcp_timeout_established = 54000\n",
    });
  });

  it("converges a host that followed the runbook word for word, and then changes nothing", () => {
    const before = new Map([
      ["/etc/modprobe.d/nfconntrack.conf", "options nf_conntrack hashsize=245760\n"],
      [
        "/etc/sysctl.conf",
        "# Kernel sysctl\nnet.ipv4.ip_forward = 1\nnet.netfilter.nf_conntrack_max=1966080\nnet.netfilter.nf_conntrack_count = 1966080\n",
      ],
      ["/etc/sysconfig/iptables-config", `${iptablesConfig}IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"\n`],
    ]);
    const once = filesAfter(play, someFacts(), before);
    expect(once.has("/etc/modprobe.d/nfconntrack.conf")).toBe(false);
    expect(once.get("/etc/sysctl.conf")).toBe(
      "# Kernel sysctl\nnet.ipv4.ip_forward = 1\nnet.netfilter.nf_conntrack_max=524288\n" +
        "net.netfilter.nf_conntrack_generic_timeout=120\nnet.netfilter.nf_conntrack_tcp_timeout_established=54000\n",
    );
    expect(once.get("/etc/sysconfig/iptables-config")).toBe(before.get("/etc/sysconfig/iptables-config"));
    expect(filesAfter(play, someFacts(), once)).toEqual(once);
  });

  it("takes the runbook's lines out of sysctl.conf where nothing reads them", () => {
    const text =
      "net.ipv4.ip_forward=1\nnet.netfilter.nf_conntrack_max=1966080\nnet.netfilter.nf_conntrack_count = 1\n";
    const after = filesAfter(play, debian, new Map([["/etc/sysctl.conf", text]]));
    expect(after.get("/etc/sysctl.conf")).toBe("net.ipv4.ip_forward=1\n");
  });

  it("keeps the words that the admin already reloads, and every other byte of the file", () => {
    const before = new Map([
      ["/etc/sysconfig/iptables-config", `${iptablesConfig}IPTABLES_SYSCTL_LOAD_LIST=".bridge-nf"  # ours`],
    ]);
    expect(filesAfter(play, someFacts(), before).get("/etc/sysconfig/iptables-config")).toBe(
      `${iptablesConfig}IPTABLES_SYSCTL_LOAD_LIST=".bridge-nf .nf_conntrack"  # ours`,
    );
  });

  it("gives a 2.6 host the old names, a boot script, and no file that nothing there reads", () => {
    const files = filesAfter(play, el5, new Map([["/etc/sysctl.conf", "net.ipv4.ip_conntrack_max = 65536\n"]]));
    expect(files.get("/etc/modprobe.d/nf_conntrack.conf")).toContain("options ip_conntrack hashsize=131072\n");
    expect(files.has("/etc/modules-load.d/nf_conntrack.conf")).toBe(false);
    expect(files.has("/etc/sysctl.d/99-zz-nf_conntrack.conf")).toBe(false);
    expect(files.get("/etc/sysconfig/modules/nf_conntrack.modules")).toMatch(
      /^#!\/bin\/sh\n.*\nexec \/sbin\/modprobe ip_conntrack >/,
    );
    expect(files.get("/etc/sysctl.conf")).toBe(
      "net.ipv4.netfilter.ip_conntrack_max = 524288\nnet.ipv4.netfilter.ip_conntrack_generic_timeout = 120\n" +
        "net.ipv4.netfilter.ip_conntrack_tcp_timeout_established = 54000\n",
    );
    expect(files.get("/etc/sysconfig/iptables-config")).toBe('IPTABLES_SYSCTL_LOAD_LIST=".ip_conntrack"\n');
    expect(filesAfter(play, el5, files)).toEqual(files);
  });

  it("has modes as octal and a boot script that may be run", () => {
    const modes = play.tasks.flatMap((task) => (task.kind === "template" ? [[task.dest, task.mode]] : []));
    expect(modes).toContainEqual(["/etc/sysconfig/modules/nf_conntrack.modules", 0o755]);
    expect(modes).toContainEqual(["/etc/sysconfig/iptables-config", 0o600]);
  });
});

describe("files that win", () => {
  const dests = (name: string) =>
    onlyPlay(name).tasks.flatMap((task) =>
      task.kind === "template" && task.dest.startsWith("/etc/sysctl.d/") ? [task.dest] : [],
    );

  it("sort after what others call 99-*, and the timeouts' own file after the one that sets both", () => {
    const names = [...dests("raise-ceiling.yaml"), ...dests("timeouts.yaml"), "/etc/sysctl.d/99-sysctl.conf"];
    expect(names.sort()).toEqual([
      "/etc/sysctl.d/99-sysctl.conf",
      "/etc/sysctl.d/99-zz-nf_conntrack.conf",
      "/etc/sysctl.d/99-zz-nf_conntrack_timeouts.conf",
    ]);
  });

  it("are all taken away by the removal", () => {
    const gone = onlyPlay("remove-conntrack.yaml").tasks.flatMap((task) => (task.kind === "absent" ? [task.path] : []));
    const ours = ["raise-ceiling.yaml", "timeouts.yaml"].flatMap((name) =>
      onlyPlay(name).tasks.flatMap((task) => (task.kind === "template" ? [task.dest] : [])),
    );
    const adminsOwn = ["/etc/sysctl.conf", "/etc/sysconfig/iptables-config"];
    expect(new Set(ours.filter((path) => !adminsOwn.includes(path)))).toEqual(new Set(gone));
  });
});

describe("reboot-into-values.yaml", () => {
  it("is raise-ceiling.yaml but for the way in which values become live", () => {
    const tasks = (name: string) =>
      onlyPlay(name).tasks.flatMap((task) => (task.kind === "activate" ? [] : [plain(task)]));
    expect(tasks("reboot-into-values.yaml")).toEqual(tasks("raise-ceiling.yaml"));
  });

  it("reboots a few at a time, and none after one that fails", () => {
    const { serial, maxFailPercentage } = onlyPlay("reboot-into-values.yaml");
    expect(serial[0]).toEqual(onlyPlay("raise-ceiling.yaml").serial[0]);
    expect(maxFailPercentage).toBe(0);
  });
});

describe("remove-conntrack.yaml", () => {
  it("never makes a load fail: a blacklist stops aliases alone", () => {
    const files = filesAfter(onlyPlay("remove-conntrack.yaml"), debian, new Map());
    expect([...files.keys()]).toEqual(["/etc/modprobe.d/blacklist-nf_conntrack.conf"]);
    expect([...files.values()].join()).not.toMatch(/^\s*install/m);
    expect(filesAfter(onlyPlay("remove-conntrack.yaml"), el5, new Map()).get([...files.keys()][0]!)).toMatch(
      /^blacklist ip_conntrack$/m,
    );
  });

  it("asks for modules by the name that the kernel has for them", () => {
    const modules = onlyPlay("remove-conntrack.yaml").tasks.flatMap((task) => (task.kind === "module" ? [task] : []));
    expect(modules.map(({ module, state }) => [module, state])).toEqual([
      ["nf_conntrack", "absent"],
      ["ip_conntrack", "absent"],
    ]);
  });
});

describe("timeouts.yaml", () => {
  it("sets timeouts and leaves what is there of the table's size", () => {
    const text = "net.nf_conntrack_max = 262144\nnet.netfilter.nf_conntrack_generic_timeout = 600\n";
    const play = onlyPlay("timeouts.yaml");
    const facts = someFacts();
    const after = filesAfter(play, facts, new Map([["/etc/sysctl.conf", text]]));
    expect(after.get("/etc/sysctl.conf")).toContain("net.nf_conntrack_max = 262144\n");
    expect(after.has("/etc/sysctl.d/99-zz-nf_conntrack_timeouts.conf")).toBe(true);
    expect(filesAfter(play, facts, after)).toEqual(after);
  });
});
