import type { OsFacts } from "../model/facts.ts";
import { absent, firstRead, mapReading, type Reading, read } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** os-release; where a system is older than that file, its own release file. */
export const parseOs = (seen: Seen): OsFacts => {
  const release = firstRead(seen.text("etc/os-release"), seen.text("usr/lib/os-release"));
  if (release.kind !== "absent")
    return {
      id: field(release, "ID"),
      version: field(release, "VERSION_ID"),
      like: field(release, "ID_LIKE"),
      name: field(release, "PRETTY_NAME"),
    };
  const redhat = seen.text("etc/redhat-release");
  if (redhat.kind !== "absent") return fromRedHat(redhat);
  const debian = seen.text("etc/debian_version");
  return {
    id: mapReading(debian, () => "debian"),
    version: debian,
    like: absent,
    name: mapReading(debian, (text) => `Debian ${text}`),
  };
};

const field = (release: Reading<string>, name: string): Reading<string> => {
  if (release.kind !== "read") return release;
  const lines = release.value.split("\n").filter((line) => line.startsWith(`${name}=`));
  const value = lines
    .at(-1)
    ?.slice(name.length + 1)
    .trim();
  return value === undefined || unquoted(value) === "" ? absent : read(unquoted(value));
};

/** The file is shell: a value may stand in quotes, with backslashes before special characters. */
const unquoted = (value: string): string => {
  const inside = /^"(.*)"$/.exec(value)?.[1];
  return inside === undefined ? (/^'(.*)'$/.exec(value)?.[1] ?? value) : inside.replaceAll(/\\([\\"$`])/g, "$1");
};

/** `CentOS release 6.10 (Final)`. */
const fromRedHat = (release: Reading<string>): OsFacts => {
  const id = mapReading(release, (text) => {
    const known: readonly (readonly [RegExp, string])[] = [
      [/^CentOS/, "centos"],
      [/^Red Hat Enterprise/, "rhel"],
      [/^Scientific/, "scientific"],
      [/^Oracle/, "ol"],
      [/^Fedora/, "fedora"],
    ];
    return known.find(([pattern]) => pattern.test(text))?.[1] ?? "rhel";
  });
  const version = mapReading(release, (text) => / release (\d+(?:\.\d+)*)/.exec(text)?.[1]);
  return {
    id,
    version: version.kind !== "read" ? version : version.value === undefined ? absent : read(version.value),
    like: mapReading(release, () => "rhel fedora"),
    name: release,
  };
};
