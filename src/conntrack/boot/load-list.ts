import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { HostNames } from "./host.ts";
import { enterpriseLinux } from "./os.ts";
import { procpsFiles } from "./sysctl-reader.ts";
import { sysctlSteps } from "./sysctl-steps.ts";
import { either, type Step, unknownFrom } from "./table.ts";
import { type ConfFile, fileAt, filesIn, place } from "./tree.ts";

/** How the host's own start script of iptables-services reads sysctl files again and treats modules. */
export type StartScript = {
  /** Word lists of the files that it searches; more than one where it is not known which. */
  readonly files: readonly (readonly string[])[];
  /** Does it unload modules where the configuration does not say? Undefined: not known. */
  readonly unloads: boolean | undefined;
  readonly from: string;
};

const scripts = ["/usr/libexec/iptables/iptables.init", "/etc/rc.d/init.d/iptables", "/etc/init.d/iptables"];

/** The script's own lines; where they were not seen, the packages of DOMAIN's table. */
export const startScript = (facts: Facts): StartScript => {
  for (const path of scripts) {
    const lines = (fileAt(facts.config, path)?.lines ?? []).filter(({ text }) => !/^\s*#/.test(text));
    const files = lines.flatMap(searched);
    if (files.length > 0) return { files: [files.flat()], unloads: unloadsByDefault(lines), from: path };
  }
  const conf = "/etc/sysctl.conf";
  const from = "the packages of this distribution";
  switch (enterpriseLinux(facts)) {
    case 6:
      return { files: [[conf], [conf, "/etc/sysctl.d/*"]], unloads: true, from };
    case 7:
      return { files: [[conf], ["/etc/sysctl.d/*"]], unloads: undefined, from };
    case 8:
      return { files: [["/etc/sysctl.d/*"], ["/etc/sysctl.d/*.conf"]], unloads: false, from };
    default:
      return { files: [["/etc/sysctl.d/*.conf"]], unloads: false, from };
  }
};

/** `fgrep -hs $item /etc/sysctl.d/*.conf | sysctl -p -`. Command by command: a long line is gone through once. */
const searched = ({ text }: ConfigLine): readonly (readonly string[])[] => {
  const commands = text.split("|");
  const at = commands.findIndex(
    (command, index) => /grep\b/.test(command) && /^\s*sysctl\b/.test(commands[index + 1] ?? ""),
  );
  const words = (commands[at] ?? "").split(/\s+/);
  const item = words.findIndex((word) => /^["']?\$(?:item|\{item\})["']?$/.test(word));
  return item < 0 ? [] : [words.slice(item + 1).filter((word) => word.startsWith("/"))];
};

/** `IPTABLES_MODULES_UNLOAD="yes"` in the script is its default; a script that does not have the name never unloads. */
const unloadsByDefault = (lines: readonly ConfigLine[]): boolean => {
  const own = lines.filter(({ text }) => /MODULES_UNLOAD/.test(text));
  const value = own.map(({ text }) => /MODULES_UNLOAD=["']?(\w*)/.exec(text)?.[1]).findLast((one) => one !== undefined);
  return own.length > 0 && value !== "no";
};

/** A setting of /etc/sysconfig/iptables-config; its last line counts, as for a shell. */
export const iptablesSetting = (
  { config }: Facts,
  name: string,
): { readonly value: string; readonly line: ConfigLine } | undefined => {
  const lines = fileAt(config, "/etc/sysconfig/iptables-config")?.lines ?? [];
  return lines
    .flatMap((line) => {
      const found = /^\s*(\w+)=(?:"([^"]*)"|'([^']*)'|([^\s#]*))/.exec(line.text);
      return found?.[1] === name ? [{ value: found[2] ?? found[3] ?? found[4] ?? "", line }] : [];
    })
    .at(-1);
};

/** Each item goes through all the lines; a list of a person's is shorter. */
const most = 50;

/** For each item of IPTABLES_SYSCTL_LOAD_LIST: the lines of the script's files that hold it as it is written. */
export const loadListSteps = (host: HostNames): readonly Step[] => {
  const { facts } = host;
  const setting = iptablesSetting(facts, "IPTABLES_SYSCTL_LOAD_LIST");
  const items = (setting?.value ?? "").split(/\s+/).filter((item) => item !== "");
  if (setting === undefined || items.length === 0) return [];
  if (items.length > most) return [unknownFrom(`${place(setting.line)} has more than ${most} items`)];
  const { files, from } = startScript(facts);
  const [first = [], second] = files.map((words) => words.flatMap((word) => expand(facts, word)));
  const steps = (all: readonly ConfFile[]) =>
    items.flatMap((item) => sysctlSteps(host, procpsFiles("sysctl -p -", [matching(all, item)], false)));
  if (second === undefined) return steps(first);
  return [either(`it depends on the start script's version (${from})`, steps(first), steps(second))];
};

/** A word of the script as its shell expands it: names in order, no hidden ones. */
const expand = ({ config }: Facts, word: string): readonly ConfFile[] => {
  const folder = word.slice(0, word.lastIndexOf("/"));
  const name = word.slice(folder.length + 1);
  const paths = name.startsWith("*") ? filesIn(config, folder).filter((path) => isMatch(path, name.slice(1))) : [word];
  return paths.flatMap((path) => fileAt(config, path) ?? []);
};

const isMatch = (path: string, ending: string): boolean => path.endsWith(ending) && !/\/\.[^/]*$/.test(path);

/** fgrep: the item stands somewhere in the line, dots for dots and slashes for slashes. */
const matching = (files: readonly ConfFile[], item: string): ConfFile => ({
  path: files.find(({ readable }) => !readable)?.path ?? "",
  lines: files.flatMap(({ lines }) => lines.filter(({ text }) => text.includes(item))),
  readable: files.every(({ readable }) => readable),
});
