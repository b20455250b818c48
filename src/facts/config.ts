import type { ConfigFacts } from "../model/facts.ts";
import { isImageFile } from "./boot-image.ts";
import { isConfigLine } from "./config-lines.ts";
import { searchedFiles } from "./searched.ts";
import type { Seen } from "./seen.ts";
import { idleProfiles } from "./tuned.ts";

/** What is in these when they may not be listed is unknown. */
const folder = /\/(?:sysctl|modprobe|modules-load)\.d$|^etc\/firewalld$|^var\/lib\/kubelet$/;

/** Files that are many, and mostly of other business: one counts where a line in it tells, or where it cannot be read. */
const quiet =
  /\/udev\/rules\.d\/|\/tuned\/|^\/etc\/(?:systemd|network|local\.d|cloud|kubernetes|rancher)\/|^\/var\/lib\//;

/** Lines about conntrack in what a boot or a service reads, and the files and folders that could not be searched. */
export const parseConfig = (seen: Seen): ConfigFacts => {
  const { files, unnamable } = searchedFiles(seen);
  const idle = idleProfiles(seen, files);
  const own = files
    .filter(({ path }) => !isImageFile(path) && !idle.has(path))
    .map((file) => ({ ...file, lines: file.lines.filter(isConfigLine) }))
    .filter(({ path, readable, lines }) => !readable || lines.length > 0 || !quiet.test(path));
  const closed = own.filter(({ readable }) => !readable).map(({ path }) => path);
  return {
    files: own.map(({ path }) => path),
    unreadable: [...new Set([...closedFolders(seen), ...unnamable, ...closed])],
    lines: own.flatMap(({ lines }) => lines),
  };
};

const closedFolders = (seen: Seen): readonly string[] =>
  seen.paths.filter((path) => folder.test(path) && seen.sight(path)?.readable === false).map((path) => `/${path}`);
