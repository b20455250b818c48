import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EditRequest, editSettings, readSetting, styleOfPath } from "../../src/render/settings.ts";

type Ask = { readonly set?: Record<string, string>; readonly absent?: string[]; readonly style?: EditRequest["style"] };
const edit = (text: string, { set = {}, absent = [], style }: Ask) =>
  editSettings({ text, set: new Map(Object.entries(set)), absent, style });
const edited = (text: string, ask: Ask): string => {
  const result = edit(text, ask);
  if (result.kind === "refused") throw new Error(result.because);
  return result.text;
};

describe("a shell file (sysconfig)", () => {
  const key = "IPTABLES_SYSCTL_LOAD_LIST";
  it.each([
    ["sets the value inside its quotes", `A="1"\n${key}=""\nB=2\n`, `A="1"\n${key}=".nf_conntrack .bridge"\nB=2\n`],
    ["adds quotes that a bare value needs now", `${key}=x\n`, `${key}=".nf_conntrack .bridge"\n`],
    ["keeps single quotes", `${key}='x'\n`, `${key}='.nf_conntrack .bridge'\n`],
    [
      "keeps indentation, export and a comment behind",
      `  export ${key}="x"  # why\n`,
      `  export ${key}=".nf_conntrack .bridge"  # why\n`,
    ],
    ["takes no comment for a setting", `# ${key}="x"\n`, `# ${key}="x"\n${key}=".nf_conntrack .bridge"\n`],
    [
      "sets the last of two, which is the one that counts",
      `${key}=a\n${key}="b"\n`,
      `${key}=a\n${key}=".nf_conntrack .bridge"\n`,
    ],
    ["writes a new file", "", `${key}=".nf_conntrack .bridge"\n`],
    ["adds no final newline that was not there", "A=1", `A=1\n${key}=".nf_conntrack .bridge"`],
    ["keeps CRLF", "A=1\r\n", `A=1\r\n${key}=".nf_conntrack .bridge"\r\n`],
    [
      "sees no setting inside a value of several lines",
      `A="x\n${key}=1\n"\n`,
      `A="x\n${key}=1\n"\n${key}=".nf_conntrack .bridge"\n`,
    ],
    [
      "leaves a value alone that is right, however it is quoted",
      `${key}='.nf_conntrack .bridge'   \n`,
      `${key}='.nf_conntrack .bridge'   \n`,
    ],
  ])("%s", (_claim, before, after) => {
    expect(edited(before, { set: { [key]: ".nf_conntrack .bridge" } })).toBe(after);
  });

  it.each(['a"; reboot; "', "a'b", "$(id)", "`id`", "a\\", "a\nB=1", "a\rB", "a\u0000", "a\u001b[2J"])(
    "refuses a value that would break out: %j",
    (value) => {
      expect(edit("A=1\n", { set: { A: value } }).kind).toBe("refused");
    },
  );

  it.each(['A="$B"\n', "A=1; B=2\n", 'A="x\ny"\n', "A=$(id)\n"])(
    "does not touch what only a shell could tell: %j",
    (text) => {
      expect(edit(text, { set: { A: "1" } }).kind).toBe("refused");
      expect(edit(text, { absent: ["A"] }).kind).toBe("refused");
    },
  );

  it.each(["A B", "A=1\nB", "", "1A", "A\n"])("refuses the name %j", (name) => {
    expect(edit("", { set: { [name]: "x" }, style: "shell" }).kind).toBe("refused");
  });
});

describe("a sysctl file", () => {
  const max = "net.netfilter.nf_conntrack_max";
  it.each([
    ["keeps the spacing", `${max}=1\n`, `${max}=7\n`],
    ["keeps wide spacing and trailing blanks", `  ${max}   =  1  \n`, `  ${max}   =  7  \n`],
    ["knows the key with slashes", "net/netfilter/nf_conntrack_max = 1\n", "net/netfilter/nf_conntrack_max = 7\n"],
    ["keeps a leading minus", `-${max} = 1\n`, `-${max} = 7\n`],
    ["takes no comment for a setting", `# ${max} = 1\n; ${max} = 2\n`, `# ${max} = 1\n; ${max} = 2\n${max} = 7\n`],
    ["sets the last of two and removes the other", `${max} = 1\na.b = 2\n${max} = 3\n`, `a.b = 2\n${max} = 7\n`],
    ["adds a line spaced as the file's own", "a.b=2\n", `a.b=2\n${max}=7\n`],
  ])("%s", (_claim, before, after) => {
    expect(edited(before, { set: { [max]: "7" } })).toBe(after);
  });

  it("tells a dot in an interface's name from a separator", () => {
    const text = "net/ipv4/conf/eth0.1/mtu = 1\nnet.ipv4.conf.eth0/1.mtu = 2\nnet.ipv4.conf.eth0.1.mtu = 3\n";
    expect(edited(text, { absent: ["net.ipv4.conf.eth0/1.mtu"] })).toBe("net.ipv4.conf.eth0.1.mtu = 3\n");
  });

  it("removes what the runbook left, and nothing else", () => {
    const text =
      "# ours\nnet.ipv4.ip_forward = 1\n\nnet.netfilter.nf_conntrack_max=1966080\nnet.netfilter.nf_conntrack_count = 9\n";
    expect(edited(text, { absent: [max, "net.netfilter.nf_conntrack_count", "net.nf_conntrack_max"] })).toBe(
      "# ours\nnet.ipv4.ip_forward = 1\n\n",
    );
  });

  it.each(["", " 7", "7 ", "7\nkernel.core_pattern = |/bin/sh"])("refuses the value %j", (value) => {
    expect(edit("", { set: { [max]: value } }).kind).toBe("refused");
  });

  it("refuses a key that is to be set and to be absent", () => {
    expect(edit("", { set: { [max]: "7" }, absent: [max] }).kind).toBe("refused");
  });
});

describe("any text", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "A=1",
      'A="x y" # c',
      "  B='2'",
      "# A=3",
      "a.b = 1",
      "a/b=2",
      "-a.b =3",
      "",
      "c.d=",
      "\tA=",
      "junk here",
      "A=1; B=2",
    ),
    fc.string({ maxLength: 12 }),
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
    .map(([lines, end, whole]) => lines.join(end) + (whole ? end : ""));
  const ask = fc.constantFrom<Ask>(
    { set: { A: "7 8" } },
    { set: { A: "", B: "9" } },
    { set: { "a.b": "7" } },
    { set: { "a.b": "7", "c.d": "8" }, absent: ["e.f"] },
    { absent: ["a.b"] },
    { absent: ["A"], set: { Z: "1" } },
  );

  it("is edited once: the second time changes nothing, and the value reads back", () => {
    fc.assert(
      fc.property(text, ask, (before, wanted) => {
        const once = edit(before, wanted);
        if (once.kind === "refused") return;
        expect(edited(once.text, wanted)).toBe(once.text);
        for (const [key, value] of Object.entries(wanted.set ?? {})) expect(readSetting(once.text, key)).toBe(value);
        for (const key of wanted.absent ?? []) expect(readSetting(once.text, key)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every byte where nothing is asked", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("shell" as const, "sysctl" as const), (before, style) => {
        expect(edited(before, { style })).toBe(before);
      }),
    );
  });

  it("is read in linear time: a hostile file cannot keep the controller busy", () => {
    const blanks = " ".repeat(500_000);
    const started = performance.now();
    for (const style of ["shell", "sysctl"] as const)
      edit(`A=v${blanks}x\na.b = 1${blanks}x\n${'"\n'.repeat(20_001)}`, { set: { Z: "1" }, style });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it.each([
  ["/etc/sysctl.conf", "sysctl"],
  ["/etc/sysctl.d/90-x.conf", "sysctl"],
  ["/etc/ufw/sysctl.conf", "sysctl"],
  ["/etc/sysconfig/iptables-config", "shell"],
  ["/etc/default/ufw", "shell"],
  ["/etc/foo", undefined],
])("the style of %s is %s", (path, style) => {
  expect(styleOfPath(path)).toBe(style);
});
