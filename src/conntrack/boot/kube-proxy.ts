import { valueOf } from "../../model/reading.ts";
import { settingKey } from "../keys.ts";
import type { HostNames } from "./host.ts";
import {
  type KubeProxyOptions,
  type KubeProxyValue,
  kubeProxyCeiling,
  kubeProxyDefaults,
  kubeProxyOptions,
} from "./kube-proxy-options.ts";
import { type Step, unknownFrom, write } from "./table.ts";

/**
 * kube-proxy at its start: max(32768 x CPUs, 131072) entries, a hash table of a quarter of that where it is smaller, and
 * two timeouts (DOMAIN, rival writers). Certain where its file says so or its work is seen; else its file may lie elsewhere.
 */
export const kubeProxySteps = (host: HostNames, program: string): readonly Step[] => {
  const { max, established, closeWait } = kubeProxyOptions(host.facts);
  return [
    ...(max.value === 0 ? [] : sizeSteps(host, program, max)),
    ...timeoutSteps(host, program, "tcp_timeout_established", established),
    ...timeoutSteps(host, program, "tcp_timeout_close_wait", closeWait),
  ];
};

const fromOf = (program: string, place: string | undefined): string =>
  `${program} at its start${place === undefined ? "" : ` (${place})`}`;

const sizeSteps = ({ facts }: HostNames, program: string, max: KubeProxyOptions["max"]): readonly Step[] => {
  const from = fromOf(program, max.from);
  const live = valueOf(facts.conntrack.max);
  const wanted = max.value;
  const isSeen = wanted !== undefined && (live === wanted || (live === kubeProxyCeiling && wanted > live));
  const value = max.from !== undefined ? wanted : isSeen ? live : undefined;
  const formula = wanted === undefined ? "" : `, ${wanted} by its default of ${kubeProxyDefaults.perCore} for each CPU`;
  const sets: Step =
    value === undefined
      ? unknownFrom(`${from} sets it${formula}`, (name) => name === "max")
      : (table) => ({ ...table, max: { value, because: `${from} sets it` } });
  const grows: Step = (table) =>
    (table.buckets.value ?? 0) >= Math.floor((value ?? wanted ?? 0) / 4)
      ? table
      : unknownFrom(`${from} makes the hash table a quarter of max`, (name) => name === "buckets")(table);
  return [sets, grows];
};

const timeoutSteps = (
  host: HostNames,
  program: string,
  name: string,
  { value, from: told }: KubeProxyValue,
): readonly Step[] => {
  if (value === 0) return [];
  const key = settingKey(host.family, name);
  const text = String(value);
  const from = fromOf(program, told);
  const isCertain = told !== undefined || host.facts.conntrack.keys.get(key) === text;
  return isCertain
    ? [write(host, { path: key.replaceAll(".", "/"), text, from })]
    : [unknownFrom(`${from} sets it, ${text} by default`, (one) => one === key)];
};
