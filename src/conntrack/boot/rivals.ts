import { valueOf } from "../../model/reading.ts";
import type { HostNames } from "./host.ts";
import { kubeProxySteps } from "./kube-proxy.ts";
import { kubeProxyProgram } from "./kube-proxy-options.ts";
import { sysctlPath } from "./sysctl-line.ts";
import { systemdReader } from "./sysctl-reader.ts";
import { sysctlSteps } from "./sysctl-steps.ts";
import { either, resize, type Step, write } from "./table.ts";
import { fileAt, place } from "./tree.ts";

/** What programs that run now write when they start. */
export const rivalSteps = (host: HostNames): readonly Step[] => {
  const running = valueOf(host.facts.rivals) ?? [];
  const kube = kubeProxyProgram(host.facts);
  return [
    ...(running.includes("tuned") ? tunedSteps(host) : []),
    ...(kube === undefined ? [] : kubeProxySteps(host, kube)),
  ];
};

/**
 * TuneD: the active profile's `[net] nf_conntrack_hashsize` and `[sysctl]` keys; and where the profile has a `[sysctl]`
 * section, the files of /run/sysctl.d, /etc/sysctl.d and /etc/sysctl.conf once more (tuned-main.conf, reapply_sysctl).
 */
const tunedSteps = (host: HostNames): readonly Step[] => {
  const lines = host.facts.config.lines.filter(
    ({ file, text }) => file.includes("/tuned/") && file.endsWith("tuned.conf") && !/^\s*[#;]/.test(text),
  );
  const own = lines.flatMap((line): readonly Step[] => {
    const hashsize = /^\s*nf_conntrack_hashsize\s*=\s*(\d+)/.exec(line.text)?.[1];
    if (hashsize !== undefined) return [resize(host, Number(hashsize), place(line))];
    const [, key = "", text = ""] = /^\s*(net[./][\w./]*)\s*=\s*(\S+)/.exec(line.text) ?? [];
    return /conntrack/.test(key) ? [write(host, { path: sysctlPath(key), text, from: place(line) })] : [];
  });
  const again = sysctlSteps(host, reapplied(host));
  const main = fileAt(host.facts.config, "/etc/tuned/tuned-main.conf")?.lines ?? [];
  if (again.length === 0 || main.some(({ text }) => /^\s*reapply_sysctl\s*=\s*(?:0|no|false)/i.test(text))) return own;
  if (lines.some(({ text }) => /^\s*\[sysctl\]/.test(text))) return [...own, ...again];
  return [...own, either("TuneD applies sysctl files again where its profile has a [sysctl] section", [], again)];
};

const reapplied = ({ facts }: HostNames) => {
  const all = systemdReader(facts);
  const files = all.files.filter(({ path }) => /^\/(?:etc|run)\//.test(path));
  return { ...all, name: "TuneD", files };
};
