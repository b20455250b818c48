import type { Facts } from "../../../model/facts.ts";
import { kubeProxyCeiling, kubeProxyOptions, kubeProxyProgram } from "../../boot/kube-proxy-options.ts";
import { familyOf, maxKey, timeoutKey } from "../../keys.ts";
import { finding, graveFinding } from "../finding.ts";
import type { Outlook } from "../wanted.ts";
import { against, nothing, type RivalValue, type Told } from "./rival.ts";

/** CT302: what kube-proxy, or the one inside k3s and its like, writes when it starts. */
export const kubeProxy = (outlook: Outlook): Told => {
  const { now } = outlook;
  const program = kubeProxyProgram(now);
  if (program === undefined) return nothing;
  const { values, seen } = written(now, program);
  const found = against(outlook, values).filter((one) => !isCapped(outlook, one));
  if (found.length === 0) return nothing;
  const certain = seen || found.some(({ name, value }) => liveOf(now, name) === value);
  const evidence = found.map(({ text }) => text).join("; ");
  return {
    findings: [(certain ? graveFinding : finding)("CT302", evidence)],
    names: [...values.map(({ name }) => name), "hashsize"],
  };
};

/** `seen`: does a file or an argument on this host say it? */
const written = (facts: Facts, program: string): { readonly values: readonly RivalValue[]; readonly seen: boolean } => {
  const { max, established, closeWait } = kubeProxyOptions(facts);
  const family = familyOf(facts);
  const values = [
    { name: maxKey(family), value: max.value ?? 0, from: max.from ?? program },
    { name: timeoutKey(family, "tcp_established"), value: established.value, from: established.from ?? program },
    { name: timeoutKey(family, "tcp_close_wait"), value: closeWait.value, from: closeWait.from ?? program },
  ];
  return { values: values.filter(({ value }) => value > 0), seen: max.from !== undefined };
};

/** Newer versions write no more than the ceiling, and only that is what is wanted here. */
const isCapped = ({ desired }: Outlook, { value }: RivalValue): boolean =>
  value > kubeProxyCeiling && desired.max === kubeProxyCeiling;

const liveOf = (facts: Facts, name: string): number =>
  Number([...facts.conntrack.keys].find(([key]) => key === name)?.[1]);
