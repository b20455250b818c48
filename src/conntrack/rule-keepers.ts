import type { EvenIf } from "../model/action.ts";
import type { Facts } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";

/** Programs that keep firewall rules of their own, by the name under which a play accepts that a restart drops them. */
const keepers: ReadonlyMap<string, EvenIf> = new Map([
  ["dockerd", "docker"],
  ...["kube-proxy", "k3s", "rke2", "k0s", "cilium-agent", "calico-node"].map((name) => [name, "kube-proxy"] as const),
  ...["libvirtd", "virtnetworkd"].map((name) => [name, "libvirt"] as const),
  ["fail2ban-server", "fail2ban"],
]);

/** A running program whose rules a restart of the firewall would drop. */
export type RuleKeeper = { readonly program: string; readonly as: EvenIf };

/** Every such program that runs on the host, but for those that the play accepts to disturb. */
export const ruleKeepers = (facts: Facts, evenIf: readonly EvenIf[]): readonly RuleKeeper[] =>
  (valueOf(facts.rivals) ?? []).flatMap((program) => {
    const as = keepers.get(program);
    return as === undefined || evenIf.includes(as) ? [] : [{ program, as }];
  });
