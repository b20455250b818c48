import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { place } from "./tree.ts";

/** KubeProxyConntrackConfiguration: entries for each CPU and at least, and seconds (DOMAIN, rival writers). */
export const kubeProxyDefaults = { perCore: 32768, min: 131072, established: 86400, closeWait: 3600 } as const;

/** Since 1.36 kube-proxy writes no more entries than this. */
export const kubeProxyCeiling = 1048576;

/** A value that kube-proxy writes, and where it was told to; `from` is undefined where it is a default of its own. */
export type KubeProxyValue = { readonly value: number; readonly from: string | undefined };

export type KubeProxyOptions = {
  /** Entries: undefined where the CPUs were not read. */
  readonly max: { readonly value: number | undefined; readonly from: string | undefined };
  /** Seconds. */
  readonly established: KubeProxyValue;
  readonly closeWait: KubeProxyValue;
};

/** The running program that has kube-proxy in it, by the name that the kernel knows. */
export const kubeProxyProgram = (facts: Facts): string | undefined =>
  (valueOf(facts.rivals) ?? []).find((name) => /^(?:kube-proxy|k3s|k3s-server|rke2|k0s)$/.test(name));

/** What its own file or its arguments say, where they stand on this host; else its defaults. 0 leaves a value alone. */
export const kubeProxyOptions = (facts: Facts): KubeProxyOptions => {
  const perCore = option(facts, /(?:maxPerCore:|conntrack-max-per-core[=: ])[=:\s]*["']?(\d+)/);
  const min = option(facts, /(?:^\s*min:|conntrack-min[=: ])[=:\s]*["']?(\d+)/);
  const established = option(
    facts,
    /(?:tcpEstablishedTimeout:|conntrack-tcp-timeout-established[=: ])[=:\s]*["']?([\dhms]+)/,
  );
  const closeWait = option(
    facts,
    /(?:tcpCloseWaitTimeout:|conntrack-tcp-timeout-close-wait[=: ])[=:\s]*["']?([\dhms]+)/,
  );
  const cpus = valueOf(facts.machine.cpus);
  const share = Number(perCore?.text ?? kubeProxyDefaults.perCore);
  const least = Number(min?.text ?? kubeProxyDefaults.min);
  const entries = cpus === undefined ? undefined : Math.max(share * cpus, least);
  return {
    max: { value: share === 0 ? 0 : entries, from: perCore?.from },
    established: duration(established, kubeProxyDefaults.established),
    closeWait: duration(closeWait, kubeProxyDefaults.closeWait),
  };
};

type Option = { readonly text: string; readonly from: string };

/** The last place that gives an option. */
const option = ({ config }: Facts, pattern: RegExp): Option | undefined =>
  config.lines
    .filter(({ file }) => /kube-proxy|\/rancher\//.test(file))
    .flatMap((line) => {
      const text = pattern.exec(line.text)?.[1];
      return text === undefined ? [] : [{ text, from: place(line) }];
    })
    .at(-1);

const duration = (given: Option | undefined, otherwise: number): KubeProxyValue =>
  given === undefined ? { value: otherwise, from: undefined } : { value: seconds(given.text), from: given.from };

/** `24h0m0s`, or plain seconds. */
const seconds = (text: string): number => {
  const unit = (letter: string) => Number(new RegExp(`(?<!\\d)(\\d+)${letter}`).exec(text)?.[1] ?? 0);
  return /^\d+$/.test(text) ? Number(text) : unit("h") * 3600 + unit("m") * 60 + unit("s");
};
