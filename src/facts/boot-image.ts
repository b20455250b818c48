import type { BootImageFacts, ConfigLine } from "../model/facts.ts";
import { absent, type Reading, read, unreadable } from "../model/reading.ts";
import { isConfigLine } from "./config-lines.ts";
import { type SearchedFile, searchedFiles } from "./searched.ts";
import type { Seen } from "./seen.ts";

const modulesLoad = /\/modules-load\.d\/[^/]+\.conf$/;
const closedFolder = /\/(?:sysctl|modprobe)\.d$/;

/** A file that says what goes into an initramfs, and has no say once that is left. */
export const isImageFile = (path: string): boolean =>
  /^\/(?:etc|usr\/lib)\/(?:initramfs-tools|dracut|mkinitcpio|mkinitfs)/.test(path);

/** The initramfs of the running kernel, as far as it can be seen from outside: its age, and what it was told to load. */
export const parseBootImage = (seen: Seen): BootImageFacts => {
  const { files } = searchedFiles(seen);
  const [first = "", ...rest] = (seen.part("image") ?? "").split("\n");
  const path = first.slice("image ".length);
  const own = files.filter((file) => isImageFile(file.path));
  const told = own.flatMap(({ lines }) => lines.filter(isImageLine));
  if (first === "closed") {
    const closed = unreadable("/boot: no permission");
    return { path: closed, newer: closed, loads: told };
  }
  if (path === "") return { path: absent, newer: absent, loads: told };
  const newer = rest.map((line) => line.replace(/^newer /, "/"));
  return {
    path: read(`/${path}`),
    newer: newerSettings(seen, newer),
    loads: [...told, ...copiedLists(seen, files, newer)],
  };
};

const isImageLine = (line: ConfigLine): boolean => !/^\s*#/.test(line.text) && isConfigLine(line);

/** Modules that are loaded by what is newer than the image are not yet in it. */
const newerSettings = (seen: Seen, newer: readonly string[]): Reading<readonly string[]> => {
  const closed = seen.paths.find((path) => closedFolder.test(path) && seen.sight(path)?.readable === false);
  if (closed !== undefined) return unreadable(`/${closed}: no permission`);
  return read(newer.filter((file) => !/\/modules-load\.d\//.test(file)));
};

/**
 * dracut's systemd module copies modules-load.d, modprobe.d and sysctl.d, and the modules load there and then. Read in
 * dracut 059, 00systemd/module-setup.sh; of /etc only for images of one host, which is the default of EL and Fedora.
 */
const copiedLists = (seen: Seen, files: readonly SearchedFile[], newer: readonly string[]): readonly ConfigLine[] => {
  if (!seen.paths.some((path) => /\/dracut\/modules\.d\//.test(path))) return [];
  return files
    .filter(({ path }) => modulesLoad.test(path) && !newer.includes(path))
    .flatMap(({ lines }) => lines.filter(isImageLine));
};
