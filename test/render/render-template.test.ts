import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsContext } from "../../src/expr/facts-context.ts";
import type { SysctlKey } from "../../src/model/brand.ts";
import type { Vars } from "../../src/model/host.ts";
import { read } from "../../src/model/reading.ts";
import { compileTemplate } from "../../src/render/compile-template.ts";
import type { TemplateContext } from "../../src/render/context.ts";
import { type Rendered, renderTemplate } from "../../src/render/render-template.ts";
import { someFacts } from "../expr/some-facts.ts";

const max = "net.netfilter.nf_conntrack_max" as SysctlKey;
const context = (change: Partial<TemplateContext> = {}): TemplateContext => ({
  facts: factsContext(someFacts()),
  conntrack: { max: 262144, buckets: 65536, timeouts: new Map(), keys: new Map([[max, 262144]]) },
  vars: {},
  host: { name: "gw1", groups: ["a", "b"] },
  play: { name: "p" },
  file: "",
  dest: "/etc/x.conf",
  ...change,
});
const render = (text: string, change?: Partial<TemplateContext>): Rendered => {
  const compiled = compileTemplate({ file: "t.hbs", text });
  if (compiled.kind === "problems") throw new Error(compiled.problems[0].message);
  return renderTemplate(compiled.value, context(change));
};
const textOf = (text: string, change?: Partial<TemplateContext>): string => {
  const rendered = render(text, change);
  if (rendered.kind === "failed") throw new Error(rendered.because);
  return rendered.text;
};
const because = (text: string, change?: Partial<TemplateContext>): string => {
  const rendered = render(text, change);
  if (rendered.kind === "rendered") throw new Error(`rendered: ${rendered.text}`);
  return rendered.because;
};

describe("a template gives one host's text", () => {
  it.each<[string, string]>([
    ["{{conntrack.max}} {{conntrack.buckets}}", "262144 65536"],
    ["{{#each conntrack.keys}}{{@key}} = {{this}}\n{{/each}}", `${max} = 262144\n`],
    ["{{#each conntrack.timeouts}}x{{else}}none{{/each}}", "none"],
    [
      "{{#each facts.modules.loaded}}{{name}}:{{references}} {{#each used_by}}{{this}}{{/each}}{{/each}}",
      "nf_conntrack:1 nf_nat",
    ],
    [`{{#if (eq facts.init "systemd")}}yes{{else}}no{{/if}}`, "yes"],
    ["{{#unless facts.conntrack.builtin}}module{{/unless}}", "module"],
    ["{{host.name}} {{host.groups.[1]}} {{play.name}} {{facts.conntrack.usage}}", "gw1 b p 0.5"],
    ["{{facts.log.recent}}", "0"],
  ])("%s", (template, expected) => {
    expect(textOf(template)).toBe(expected);
  });

  it("writes values as they are: nothing is escaped for HTML", () => {
    expect(textOf("{{vars.x}}", { vars: { x: `<a href="x">&'` } })).toBe(`<a href="x">&'`);
  });

  it("keeps a file byte for byte, line breaks and all", () => {
    const file = `A="1"\r\n# {{constructor}}\n\tB`;
    expect(textOf("{{file}}", { file })).toBe(file);
    expect(textOf("{{{file}}}", { file })).toBe(file);
  });

  it("never takes a value for a template", () => {
    fc.assert(
      fc.property(fc.constantFrom("{{7*7}}", "{{constructor.constructor}}", "{{> x}}", "${id}", "$(id)", "%s"), (x) => {
        expect(textOf("{{vars.x}}", { vars: { x } })).toBe(x);
      }),
    );
  });
});

describe("a template fails, naming the value", () => {
  const odd: Vars = {
    line: "1\nnet.ipv4.ip_forward = 1",
    nothing: null,
    list: [1, 2],
    map: { a: "x" },
    deep: { line: "a\rb" },
    mixed: [{ name: "a" }, {}],
    uneven: [{ name: "a" }, "b"],
  };

  it.each([
    ["{{facts.conntrack.object_size}}", "facts.conntrack.object_size could not be read: permission denied"],
    ["{{#if facts.conntrack.object_size}}{{/if}}", "facts.conntrack.object_size could not be read: permission denied"],
    ["{{#if (eq facts.memory.low 1)}}{{/if}}", "this host has no facts.memory.low"],
    ["{{vars.limit}}", "line 1, column 3: vars has no limit"],
    ["\n  {{#if vars.limit}}{{/if}}", "line 2, column 9: vars has no limit"],
    ["{{vars.line}}", "vars.line holds a line break or another control character"],
    ["{{#each vars}}{{/each}}", "vars.line holds a line break or another control character"],
    ["{{vars.deep.line}}", "vars.deep.line holds a line break or another control character"],
    ["{{vars.nothing}}", "vars.nothing is null: there is nothing to write"],
    ["{{vars.list}}", "vars.list is a list and has no text form: use each"],
    ["{{vars.map}}", "vars.map is a map and has no text form: use each"],
    [
      "{{#each vars.mixed}}{{name}}{{/each}}",
      "vars.mixed[1] is a list or a map: it has no text form, or not what is asked of it",
    ],
    ["{{#each vars.mixed}}{{this}}{{/each}}", "vars.mixed[0] is a list or a map: it has no text form"],
    ["{{#each vars.uneven}}{{name}}{{/each}}", "Cannot use 'in' operator"],
    ["{{vars.toString}}", "vars has no toString"],
    ["{{vars.__proto__}}", "vars has no __proto__"],
    ["{{vars.map.constructor}}", "vars.map has no constructor"],
  ])("%s", (template, message) => {
    expect(because(template, { vars: odd })).toContain(message);
  });

  it("where the host's own words hold a line break", () => {
    const facts = factsContext(someFacts({ os: { name: read("x\ninstall nf_conntrack /bin/sh") } }));
    expect(because("# {{facts.os.name}}", { facts })).toBe(
      "facts.os.name holds a line break or another control character",
    );
  });

  it("where a name in a map holds one", () => {
    expect(because("{{#each vars.map}}{{@key}}{{/each}}", { vars: { map: { "a\nb": 1 } } })).toContain(
      "a name in vars.map",
    );
  });

  it("where the play does not size the table", () => {
    const conntrack = { max: undefined, buckets: undefined, timeouts: new Map(), keys: new Map() };
    expect(because("{{conntrack.buckets}}", { conntrack })).toContain("no conntrack task of the play sizes the table");
  });

  it("where a command would stand in modprobe.d, though each part of it is harmless", () => {
    const vars = { verb: "install" };
    const dest = "/etc/modprobe.d/x.conf";
    expect(because("{{vars.verb}} nf_conntrack /bin/sh", { vars, dest })).toContain("runs a command as root");
    expect(textOf("# install\noptions nf_conntrack hashsize=1", { dest })).toContain("options");
  });

  it("where the text is larger than any file that a play manages", () => {
    expect(because("{{file}}{{file}}", { file: "x".repeat(200_000) })).toContain("longer than 262144 characters");
  });
});

describe("settings in a template", () => {
  const file = `# ours\nIPTABLES_MODULES=""\nIPTABLES_SYSCTL_LOAD_LIST=".bridge-nf"\n`;

  it("change one value and keep every other byte", () => {
    expect(textOf(`{{{settings file IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"}}}`, { file })).toBe(
      file.replace(".bridge-nf", ".nf_conntrack"),
    );
    const twice = `{{settings file LIST=(withWord (setting file "IPTABLES_SYSCTL_LOAD_LIST") ".nf_conntrack")}}`;
    expect(textOf(twice, { file })).toBe(`${file}LIST=".bridge-nf .nf_conntrack"\n`);
  });

  it("take a map, and leave settings out", () => {
    const before = "net.nf_conntrack_max = 1\nx.y=2\n";
    expect(textOf(`{{settings (without file "net.nf_conntrack_max") conntrack.keys}}`, { file: before })).toBe(
      `x.y=2\n${max}=262144\n`,
    );
  });

  it("refuse a value that would break out of its quotes", () => {
    expect(because("{{settings file A=vars.a}}", { file, vars: { a: `x"; reboot; "` } })).toContain("holds a quote");
  });

  it("read no setting from the words of the template's own text", () => {
    expect(because(`{{settings file A="1\nB=2"}}`, { file })).toContain("a line break");
  });
});

it("compiles equal texts once", () => {
  const compiled = ["a.hbs", "b.hbs"].map((file) => compileTemplate({ file, text: "{{host.name}} once" }));
  const [first, second] = compiled.map((one) => (one.kind === "ok" ? one.value.run : undefined));
  expect(first).toBe(second);
});
