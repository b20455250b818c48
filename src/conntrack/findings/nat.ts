import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { place } from "../boot/tree.ts";

// Each is loaded for a rule that translates addresses, and held by it.
const natModule = /^(?:(?:ipt|ip6t|xt|nft)_(?:MASQUERADE|SNAT|DNAT|REDIRECT|NETMAP|nat|masq|redir)|(?:nf|ip)_nat)$/;
const natRule = /\b(?:masquerade|[sd]nat|redirect|netmap)\b/i;

/** What shows that this host translates addresses: a rule that holds a module, or a saved rule; undefined where nothing does. */
export const natInUse = ({ modules, rules }: Facts): string | undefined => {
  const held = (valueOf(modules.loaded) ?? []).find(
    ({ name, references, usedBy }) => natModule.test(name) && references > usedBy.length,
  );
  if (held !== undefined) return `${held.name} is held by rules`;
  const saved = rules.saved.find(({ text }) => natRule.test(text));
  return saved === undefined ? undefined : `${place(saved)} ${saved.text.trim()}`;
};
