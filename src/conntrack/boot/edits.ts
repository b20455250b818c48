import type { HostPath } from "../../model/brand.ts";
import type { ConfigLine, Facts, FileState } from "../../model/facts.ts";
import { mapReading } from "../../model/reading.ts";
import { fileAt } from "./tree.ts";

/** New texts of files by path; `undefined` for a file that goes. */
export type Edits = ReadonlyMap<string, string | undefined>;

/** Links that distributions ship: what stands in the one is read under the other's name as well. */
const links: readonly (readonly [link: string, target: string])[] = [
  ["/etc/sysctl.d/99-sysctl.conf", "/etc/sysctl.conf"],
  ["/etc/modules-load.d/modules.conf", "/etc/modules"],
  ["/etc/rc.local", "/etc/rc.d/rc.local"],
];

const isRead =
  /^\/(?:etc|run|usr\/local\/lib|usr\/lib|lib)\/(?:(?:sysctl|modprobe|modules-load)\.d\/[^/]+|udev\/rules\.d\/[^/]+\.rules)$|^\/etc\/(?:sysctl\.conf|modprobe\.conf|modules|rc\.local|rc\.d\/rc\.local|rc\.modules|sysconfig\/(?:modules\/[^/]+|ip6?tables-config)|ufw\/sysctl\.conf|default\/ufw|conf\.d\/modules|firewalld\/firewalld\.conf)$/;

/** The host with these files as they will be: its configuration, and an initramfs that is older than they are. */
export const withEdits = (facts: Facts, edits: Edits): Facts => {
  const all = new Map([...edits].filter(([file]) => isRead.test(file)));
  if (all.size === 0) return facts;
  for (const [link, target] of links)
    if (all.has(target) && !all.has(link) && isLinked(facts, link, target)) all.set(link, all.get(target));
  const { config, bootImage } = facts;
  const files = config.files.filter((file) => !all.has(file));
  const written = [...all].filter(([, text]) => text !== undefined).map(([file]) => file);
  return {
    ...facts,
    config: {
      files: [...files, ...written],
      unreadable: config.unreadable.filter((file) => !all.has(file)),
      lines: [...config.lines.filter(({ file }) => !all.has(file)), ...[...all].flatMap(textLines)],
    },
    bootImage: {
      ...bootImage,
      newer: mapReading(bootImage.newer, (names) => [...new Set([...names, ...changed(facts, edits)])]),
    },
  };
};

const textLines = ([file, text]: readonly [string, string | undefined]): readonly ConfigLine[] =>
  text === undefined
    ? []
    : text
        .replace(/\n$/, "")
        .split("\n")
        .map((line, index) => ({ file, line: index + 1, text: line }));

/** The same lines at the same places: the link leads there, as far as can be seen. */
const isLinked = ({ config }: Facts, link: string, target: string): boolean => {
  const shown = (file: string) =>
    fileAt(config, file)
      ?.lines.map(({ line, text }) => `${line} ${text}`)
      .join("\n");
  return shown(link) !== undefined && shown(link) === shown(target);
};

/** What the initramfs cannot hold yet. A file that says all that already stays as old as it is. */
const changed = ({ bootImage, files }: Facts, edits: Edits): readonly string[] =>
  bootImage.loads.length === 0
    ? []
    : [...edits]
        .filter(([file, text]) => /\/(?:modprobe|sysctl)\.d\//.test(file) && !isSo(files.get(file as HostPath), text))
        .map(([file]) => file);

const isSo = (state: FileState | undefined, text: string | undefined): boolean =>
  text === undefined ? state?.kind === "absent" : state?.kind === "regular" && state.text === text;
