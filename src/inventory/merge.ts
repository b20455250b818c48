import type { HostName } from "../model/brand.ts";
import type { InventoryHost, Vars } from "../model/host.ts";
import { mergeVars } from "../model/vars.ts";
import type { Draft, DraftHost, DraftVars, Owner } from "./draft.ts";
import { groupTree } from "./group-tree.ts";
import { hostNamesIn, type Inventory } from "./inventory.ts";
import { masked } from "./secret-vars.ts";

/** Merged variables, and the same with every password hidden. */
type Merged = { readonly vars: Vars; readonly shown: Vars };
type Inherited = Merged & { readonly groups: readonly string[]; readonly owners: readonly DraftVars[] };

/** Gives each host its merged variables. The draft has no cycles. */
export const mergeDraft = (draft: Draft): Inventory => {
  const tree = groupTree(draft);
  const shared = new Map<string, Inherited>();
  const secret = new Map<HostName, Vars>();

  /** What a host has from its groups; hosts of the same groups share one. */
  const inheritedBy = (name: HostName): Inherited => {
    const direct = tree.directly(name);
    const key = JSON.stringify(direct);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const groups = tree.ranked(direct).filter((group) => group !== "all");
    const owners = groupOwners(draft, groups);
    const inherited = { groups, owners, ...merged(owners) };
    shared.set(key, inherited);
    return inherited;
  };

  const finished = (name: HostName): InventoryHost => {
    const inherited = inheritedBy(name);
    const own = hostOwners(draft, name);
    const { vars, shown } = own.length === 0 ? inherited : merged([{ values: inherited.vars }, ...own]);
    if (vars !== shown) secret.set(name, vars);
    return { name, groups: inherited.groups, vars: shown };
  };

  const byName = new Map<string, InventoryHost>();
  for (const name of draft.hosts.keys()) byName.set(name, finished(name));
  return {
    hosts: hostNamesIn(tree.groups, "all").flatMap((name) => byName.get(name) ?? []),
    byName,
    groups: new Map([...tree.groups].map(([name, group]) => [name, { ...group, hosts: [...group.hosts] }])),
    origins: {
      vars: (host) => secret.get(host) ?? byName.get(host)?.vars ?? {},
      place: (host, variable) =>
        [...inheritedBy(host).owners, ...hostOwners(draft, host)]
          .findLast((owner) => variable in owner.values)
          ?.places?.get(variable),
    },
  };
};

const merged = (owners: readonly { readonly values: Vars }[]): Merged => {
  const vars = mergeVars(...owners.map((owner) => owner.values));
  return { vars, shown: masked(vars) };
};

/**
 * Who gives a host of these groups (weakest first, `all` left out) its variables, weakest first: Ansible's
 * VARIABLE_PRECEDENCE. Each folder is walked with all groups before the next one.
 */
const groupOwners = (draft: Draft, groups: readonly string[]): readonly DraftVars[] => {
  const files = (names: readonly string[]): readonly (Owner | undefined)[] =>
    draft.folders.flatMap((folder) => names.map((name) => folder.groups.get(name)));
  return present([
    draft.groups.get("all"),
    ...groups.map((name) => draft.groups.get(name)),
    ...files(["all"]),
    ...files(groups),
  ]);
};

const hostOwners = (draft: Draft, name: HostName): readonly DraftVars[] => {
  const host: DraftHost | undefined = draft.hosts.get(name);
  return present([host, ...draft.folders.map((folder) => folder.hosts.get(name))]);
};

const present = (owners: readonly (Owner | undefined)[]): readonly DraftVars[] =>
  owners.flatMap((owner) => owner?.vars ?? []);
