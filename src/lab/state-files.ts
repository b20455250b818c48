import type { Files } from "./conntrack-files.ts";
import type { BootImage, Entry, Kind } from "./kind.ts";

/** What the stand-ins of a host know. `now`: seconds since 1970. */
export const stateFiles = (kind: Kind, now: number): Files => {
  const { machine, kernel, system, conntrack, log } = kind;
  const lines = (list: readonly string[]): Entry => ({ text: list.map((line) => `${line}\n`).join(""), mode: 0o644 });
  const stamp = (age: number) => (machine.uptime - age).toFixed(6).padStart(12);
  return {
    "/conntrack": { folder: true },
    "/timers": { folder: true },
    "/machine": lines([kernel.arch]),
    "/init": lines([system.init]),
    "/loadable": lines(kernel.loadable),
    "/loaded": lines(kernel.loaded),
    "/services": lines(
      system.services.map(
        ({ name, active, enabled }) => `${name} ${active ? "active" : "inactive"} ${enabled ? "enabled" : "disabled"}`,
      ),
    ),
    "/firewall-loads": lines(system.firewall.loads),
    "/firewall-reloads-from": lines(system.firewall.reloadsFrom),
    "/starts-with": lines(system.startsWith),
    "/page-size": lines([String((machine.pageSize ?? 4) * 1024)]),
    ...rulesFiles(kind),
    ...imageFiles(kernel.image),
    "/booted-at": lines([(now - machine.uptime).toFixed(3)]),
    ...(system.firewall.unloads ? { "/firewall-unloads": lines([]) } : {}),
    ...(conntrack.kind === "builtin" ? { "/builtin": lines([]) } : {}),
    ...(conntrack.ours ? {} : { "/guest": lines([]) }),
    "/uid": lines([String(kind.uid ?? 0)]),
    ...(log === undefined ? {} : { "/log": lines(log.map(({ age, text }) => `[${stamp(age)}] ${text}`)) }),
  };
};

/** Live rules as the tools list them, and the files that a start of the firewall takes them from. */
const rulesFiles = ({ system: { firewall }, files }: Kind): Files => {
  const saved = Object.entries(firewall.saved ?? {});
  const text = (path: string): string => {
    const entry = files[path];
    return typeof entry === "string" ? entry : entry !== undefined && "text" in entry ? entry.text : "";
  };
  return {
    "/firewall-saved": { text: saved.map(([tool, path]) => `${tool} ${path}\n`).join(""), mode: 0o644 },
    ...Object.fromEntries(saved.map(([tool, path]) => [`/rules-${tool}`, { text: text(path), mode: 0o644 } as const])),
    ...(firewall.liveRules === undefined ? {} : { "/rules-4": { text: firewall.liveRules, mode: 0o644 } }),
  };
};

/** The initramfs as a boot opens it. */
const imageFiles = (image: BootImage | undefined): Files =>
  image === undefined
    ? {}
    : {
        "/image-loads": { text: image.loads.map((name) => `${name}\n`).join(""), mode: 0o644 },
        "/image-path": { text: `${image.path}\n`, mode: 0o644 },
        "/image/etc/modprobe.d": { folder: true },
        ...Object.fromEntries(
          Object.entries(image.modprobe).map(([name, text]) => [
            `/image/etc/modprobe.d/${name}`,
            { text, mode: 0o644 } as const,
          ]),
        ),
      };
