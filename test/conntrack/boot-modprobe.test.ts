import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadOptions } from "../../src/conntrack/boot/loading.ts";
import { modprobeConfig, moduleOption } from "../../src/conntrack/boot/modprobe.ts";
import { predictBoot } from "../../src/conntrack/predict.ts";
import { inTrees, type Tree, treeFacts } from "../support/boot-trees.ts";

type Case = Tree & { readonly hashsize?: string };

const cases = parse(readFileSync(join(import.meta.dirname, "../cases/boot/modprobe.yaml"), "utf8")) as readonly Case[];

/** `options MODULE TEXT`, `blacklist MODULE`, `install MODULE COMMAND`, blanks made one. */
const lineOf = (command: string, module: string, text: string) =>
  `${command} ${module} ${text}`.replace(/\s+/g, " ").trim();

const ofConntrack = /^(?:options|blacklist|install) \S*conntrack\S*( |$)/;

describe("modprobe --showconfig says what is predicted", () => {
  const printed = inTrees(cases, "modprobe --showconfig");
  it.each(cases.map((one, index) => [one.name, one, printed[index] ?? ""] as const))("%s", (_, one, text) => {
    const actual = text
      .split("\n")
      .filter((line) => ofConntrack.test(line))
      .map((line) => line.replace(/\s+/g, " ").trim());
    const facts = treeFacts(one, {});
    const config = modprobeConfig(facts);
    const predicted = config.lines
      .map(({ command, module, text: options }) => lineOf(command, module, options))
      .filter((line) => ofConntrack.test(line));
    expect([...predicted].sort()).toEqual([...actual].sort());
    // Of one command the order counts.
    const options = (lines: readonly string[]) => lines.filter((line) => line.startsWith("options"));
    expect(options(predicted)).toEqual(options(actual));
    const given = moduleOption(facts, config, "hashsize");
    expect(given.kind === "given" ? given.option.text : undefined).toBe(one.hashsize);
  });
});

describe("of several install lines for one module", () => {
  const tree: Tree = {
    name: "two install lines",
    files: {
      "/etc/modprobe.d/a.conf": "install nf_conntrack /bin/first\n",
      "/etc/modprobe.d/b.conf": "install nf_conntrack /bin/false\n",
    },
  };
  const script = `folder=$(mktemp -d); mkdir -p "$folder/lib/modules/9"
: >"$folder/lib/modules/9/nf_conntrack.ko"; depmod -b "$folder" 9; echo nf_conntrack.ko: >"$folder/lib/modules/9/modules.dep"
depmod -b "$folder" 9; modprobe -d "$folder" -S 9 -C /etc/modprobe.d -n -v nf_conntrack; rm -r "$folder"`;

  it("modprobe runs the first, as predicted", () => {
    // A module of this kernel is not needed: the index that names it is enough.
    const [printed = ""] = inTrees([tree], script);
    const facts = treeFacts(tree, {});
    const { unknown = "" } = loadOptions(facts, modprobeConfig(facts));
    expect(printed).toBe("install /bin/first \n");
    expect(unknown).toContain("/etc/modprobe.d/a.conf:1");
  });
});

describe("an install command", () => {
  const bootWith = (command: string) =>
    predictBoot(treeFacts({ name: "", files: { "/etc/modprobe.d/a.conf": `install nf_conntrack ${command}\n` } }, {}));

  it.each(["/bin/false", "/usr/bin/true", "true", ":"])("%s keeps the module out", (command) => {
    expect(bootWith(command).loaded.when).toBe("never");
  });

  it.each([
    ["/bin/true; /sbin/modprobe --ignore-install nf_conntrack", 262144],
    ["/sbin/modprobe -i nf-conntrack $CMDLINE_OPTS hashsize=4096", 32768],
    ["/bin/true && /usr/local/bin/own", undefined],
    ["/bin/falsehood", undefined],
    ["/sbin/modprobe --ignore-install nf_nat", undefined],
  ])("%s does not", (command, max) => {
    const { loaded, max: predicted } = bootWith(command);
    expect(loaded.when).not.toBe("never");
    expect(predicted.value).toBe(max);
    if (max === undefined) expect(predicted.because).toContain("/etc/modprobe.d/a.conf:1");
  });
});
