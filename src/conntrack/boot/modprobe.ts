import type { ConfigLine, Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { rememberFor } from "../../model/remember.ts";
import { kernelAtLeast } from "../kernel.ts";
import { familyOf } from "../keys.ts";
import { listed, parameters } from "./command-line.ts";
import { moduleName, tableModule } from "./modules.ts";
import { type ConfFile, dropIns, fileAt, place } from "./tree.ts";

/** One command of a modprobe file about one module. */
export type ModprobeLine = {
  readonly command: "options" | "install" | "blacklist";
  /** With underscores. */
  readonly module: string;
  readonly text: string;
  readonly from: string;
  /** The line goes on in one that was not seen. */
  readonly cut: boolean;
};

export type ModprobeConfig = {
  readonly lines: readonly ModprobeLine[];
  /** Files and folders that could not be read. */
  readonly unreadable: readonly string[];
};

/**
 * Everything that modprobe reads about conntrack, in kmod's order (modprobe.d(5)): `.conf` files by name, then the kernel
 * command line (`nf_conntrack.hashsize=N`, `modprobe.blacklist=`), whose options therefore win. The older module-init-tools
 * read /etc/modprobe.conf first.
 */
export const modprobeConfig = rememberFor((facts: Facts): ModprobeConfig => {
  const files = [...olderFile(facts), ...dropIns(facts.config, "modprobe.d")];
  return {
    lines: [...files.flatMap(parseModprobe), ...fromCommandLine(facts)],
    unreadable: files.filter(({ readable }) => !readable).map(({ path }) => path),
  };
});

/** kmod came with 3.x kernels and never read this file. */
const olderFile = ({ config, kernel }: Facts): readonly ConfFile[] => {
  const release = valueOf(kernel.release);
  const file = fileAt(config, "/etc/modprobe.conf");
  return file === undefined || release === undefined || kernelAtLeast(release, 3, 0) ? [] : [file];
};

/** Commands about modules in one file of modprobe.d, comments and unknown commands left out. */
export const parseModprobe = ({ lines }: ConfFile): readonly ModprobeLine[] =>
  joined(lines).flatMap((line) => {
    if (line.text.startsWith("#")) return [];
    const [command = "", module = "", ...rest] = line.text.trim().split(/[ \t\r]+/);
    if ((command !== "options" && command !== "install" && command !== "blacklist") || module === "") return [];
    const text = rest.join(" ");
    // An options or install line without more is an error that modprobe leaves out.
    if (text.trim() === "" && command !== "blacklist" && !line.cut) return [];
    return [{ command, module: moduleName(module), text, from: place(line), cut: line.cut }];
  });

/** A backslash at the end of a line takes the next one in, of a comment too; a next one that was not gathered is missing. */
export const joined = (lines: readonly ConfigLine[]): readonly (ConfigLine & { readonly cut: boolean })[] => {
  const whole: (ConfigLine & { readonly cut: boolean })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at];
    if (first === undefined) break;
    let { text, line: number } = first;
    while (text.endsWith("\\") && lines[at + 1]?.line === number + 1 && lines[at + 1]?.file === first.file) {
      at++;
      number++;
      text = text.slice(0, -1) + (lines[at]?.text ?? "");
    }
    const cut = text.endsWith("\\");
    whole.push({ ...first, text: cut ? text.slice(0, -1) : text, cut });
  }
  return whole;
};

const fromCommandLine = (facts: Facts): readonly ModprobeLine[] => {
  const all = parameters(valueOf(facts.kernel.commandLine) ?? "");
  const from = "the kernel command line";
  const options = all.flatMap(({ name, value }): readonly ModprobeLine[] => {
    const [module = "", option, ...more] = name.split(".");
    if (option === undefined || more.length > 0 || !/conntrack/.test(module)) return [];
    return [{ command: "options", module: moduleName(module), text: `${option}=${value}`, from, cut: false }];
  });
  const blacklisted = listed(all, "modprobe.blacklist").map(
    (module): ModprobeLine => ({ command: "blacklist", module: moduleName(module), text: "", from, cut: false }),
  );
  return [...options, ...blacklisted];
};

/** An option of the table's module, as text, and where it stands. */
export type ModuleOption = { readonly text: string; readonly from: string };

export type GivenOption =
  | { readonly kind: "given"; readonly option: ModuleOption }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly because: string };

/**
 * What modprobe hands to the module for one option when it is asked to load it by `name`: options add up over files, and of
 * one option the last counts. Those that are written for another name of the module count only if it is asked for by that.
 */
export const moduleOption = (facts: Facts, config: ModprobeConfig, option: string, name?: string): GivenOption => {
  const own = tableModule(familyOf(facts));
  const names = new Set([own, ...(name === undefined ? [] : [moduleName(name)])]);
  const lines = config.lines.filter(({ command, module }) => command === "options" && names.has(module));
  const cut = lines.find((line) => line.cut);
  if (cut !== undefined) return { kind: "unknown", because: `${cut.from} goes on in a line that was not read` };
  const found = lines.flatMap(({ text, from }) => lastOption(text, option).map((value) => ({ text: value, from })));
  const last = found.at(-1);
  const closed = config.unreadable[0];
  if (closed !== undefined && last?.from !== "the kernel command line")
    return { kind: "unknown", because: `${closed} could not be read, and may give a ${option}` };
  if (last === undefined) return { kind: "none" };
  if (isOlder(facts) && new Set(found.map(({ text }) => text)).size > 1)
    return {
      kind: "unknown",
      because: `${found.map(({ from }) => from).join(" and ")} differ, and this modprobe is an old one`,
    };
  return { kind: "given", option: last };
};

/** Which of several options wins was never written down for module-init-tools. */
const isOlder = ({ kernel }: Facts): boolean => {
  const release = valueOf(kernel.release);
  return release !== undefined && !kernelAtLeast(release, 3, 0);
};

/** The value that counts of one line's options. */
export const lastOption = (text: string, option: string): readonly string[] =>
  text
    .split(/\s+/)
    .filter((word) => moduleName(word.split("=", 1)[0] ?? "") === option && word.includes("="))
    .map((word) => word.slice(word.indexOf("=") + 1).replaceAll('"', ""))
    .slice(-1);
