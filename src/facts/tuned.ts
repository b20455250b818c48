import type { SearchedFile } from "./searched.ts";
import type { Seen } from "./seen.ts";

const profileFile = /^\/(?:etc|usr\/lib)\/tuned\/(?:profiles\/)?([^/]+)\/tuned\.conf$/;

/**
 * Files of TuneD's profiles that are not in force: neither active nor included by one that is, or shadowed by a profile of
 * the same name in /etc. A parent that a function chooses (`include=${f:virt_check:a:b}`) counts with all its names.
 */
export const idleProfiles = (seen: Seen, files: readonly SearchedFile[]): ReadonlySet<string> => {
  const profiles = files.flatMap((file) => {
    const name = profileFile.exec(file.path)?.[1];
    return name === undefined ? [] : [{ ...file, name }];
  });
  // /etc comes first in the probe's order.
  const byName = new Map(profiles.toReversed().map((one) => [one.name, one]));
  const active = seen.text("etc/tuned/active_profile");
  const next = active.kind === "read" ? namesIn(active.value) : [];
  const inForce = new Set<string>();
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    const profile = byName.get(name);
    if (profile === undefined || inForce.has(profile.path)) continue;
    inForce.add(profile.path);
    next.push(...profile.lines.flatMap(({ text }) => namesIn(/^\s*include\s*=(.*)$/.exec(text)?.[1] ?? "")));
  }
  return new Set(profiles.map(({ path }) => path).filter((path) => !inForce.has(path)));
};

const namesIn = (text: string): string[] => text.match(/[\w.-]+/g) ?? [];
