import type { ConfigLine } from "../../model/facts.ts";
import { joined } from "../boot/modprobe.ts";
import type { Setting } from "../config.ts";

const modprobeFile = /\/modprobe\.d\/[^/]+\.conf$|^\/etc\/modprobe\.conf$/;

/** Hash sizes of options lines in modprobe's files, as they are written, in the order of the lines. */
export const moduleOptions = (lines: readonly ConfigLine[]): readonly Setting[] =>
  joined(lines.filter(({ file }) => modprobeFile.test(file))).flatMap(({ file, line, text }) => {
    const options = /^\s*options\s+(?:nf|ip)_conntrack(?:_ipv4)?\s(.*)$/.exec(text)?.[1] ?? "";
    return [...options.matchAll(/(?:^|\s)hashsize=(\S*)/g)].map(([, value = ""]) => ({
      file,
      line,
      key: "hashsize",
      value,
    }));
  });
