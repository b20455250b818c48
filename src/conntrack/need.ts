import type { Facts, LoadedModule } from "../model/facts.ts";
import { type Reading, valueOf } from "../model/reading.ts";
import { conntrackModule, holdersOf, withUsers } from "./unload.ts";

/** Why a host needs connection tracking: what was seen, and what could not be seen and may be a need. */
export type Need = { readonly seen: readonly string[]; readonly unseen: readonly string[] };

/**
 * Every reason against taking connection tracking from a host; what could not be read is one, too. Tracked connections by
 * themselves are none: they stand there because the module is loaded.
 */
export const needOf = (facts: Facts): Need => ({
  seen: [...ownGuest(facts), ...moduleNeeds(facts), ...ipvsNeed(facts), ...programNeeds(facts), ...serviceNeeds(facts)],
  unseen: [
    ...unread("the list of modules", facts.modules.loaded),
    ...unread("the kernel's tables of rules", facts.rules.tables),
    ...unread("ipvs", facts.rules.ipvs),
    ...unread("running programs", facts.rivals),
    ...unread("firewall services", facts.firewall.services),
    ...facts.rules.unreadable.map((file) => `could not be read: ${file}`),
  ],
});

const unread = (what: string, reading: Reading<unknown>): readonly string[] =>
  reading.kind === "unreadable" ? [`could not be read: ${what} (${reading.because})`] : [];

const ownGuest = ({ guest, conntrack }: Facts): readonly string[] => {
  const container = valueOf(guest.container) ?? "none";
  if (container !== "none") return [`a ${container} guest: the modules belong to the host below`];
  return valueOf(conntrack.firstNamespace) === false
    ? ["a network namespace of its own: the modules belong to the host below"]
    : [];
};

/**
 * Rules hold the module of each match and target that they name, so references beyond the users among the modules are
 * their proof. A table alone is none: listing its rules makes it (DOMAIN, the runbook S16).
 */
const moduleNeeds = (facts: Facts): readonly string[] => {
  const all = new Map((valueOf(facts.modules.loaded) ?? []).map((one) => [one.name, one]));
  const module = conntrackModule(facts);
  const users = all.has(module) ? withUsers(all, module) : new Map<string, LoadedModule>();
  if (typeof users === "string") return [`the list of modules does not add up: ${users}`];
  const tables = tablesOf(facts);
  return [
    ...holdersOf(users).map(
      ({ module: name, references }) => `${name} is in use (${times(references)} beside modules)${tables}`,
    ),
    ...[...users.keys()].filter((name) => name === "openvswitch").map(() => "openvswitch is loaded and uses it"),
  ];
};

/** The tables in which such rules can stand, as a help to find them. */
const tablesOf = ({ rules }: Facts): string => {
  const tables = [...new Set(valueOf(rules.tables))].filter((name) => /^(nat|mangle|raw|filter)$/.test(name));
  return tables.length === 0 ? "" : `: rules of the tables ${tables.join(", ")}`;
};

const times = (references: number): string => (references === 1 ? "1 reference" : `${references} references`);

const ipvsNeed = ({ rules }: Facts): readonly string[] =>
  valueOf(rules.ipvs) === true ? ["ipvs balances services"] : [];

/** Programs that make rules with NAT or connection states while they run, by what they are for. */
const programs: ReadonlyMap<string, string> = new Map([
  ...["dockerd", "containerd", "podman"].map((name) => [name, "containers"] as const),
  ...["kube-proxy", "kubelet", "k3s", "rke2", "k0s", "cilium-agent", "calico-node"].map(
    (name) => [name, "Kubernetes"] as const,
  ),
  ...["libvirtd", "virtnetworkd", "lxd"].map((name) => [name, "virtual machines"] as const),
  ...["neutron-l3-agent", "neutron-openvswitch-agent", "ovs-vswitchd"].map(
    (name) => [name, "virtual networks"] as const,
  ),
  ["firewalld", "its firewall"],
]);

const programNeeds = ({ rivals }: Facts): readonly string[] =>
  (valueOf(rivals) ?? []).flatMap((name) => {
    const purpose = programs.get(name);
    return purpose === undefined ? [] : [`${name} runs here and needs it for ${purpose}`];
  });

/** Services whose rules have connection states whatever is saved. */
const alwaysStateful = /^(firewalld|ufw)$/;

/** What the next boot will need: a firewall that makes such rules by itself, or saved rules with a service that loads them. */
const serviceNeeds = ({ firewall, rules }: Facts): readonly string[] => {
  const enabled = (valueOf(firewall.services) ?? []).filter((one) => one.enabled || one.active);
  const names = enabled.map(({ name }) => name);
  const own = names
    .filter((name) => alwaysStateful.test(name))
    .map((name) => `${name} is enabled: its rules match connection states`);
  const [line] = rules.saved;
  if (line === undefined || names.length === 0) return own;
  const more = rules.saved.length === 1 ? "" : ` and ${rules.saved.length - 1} more`;
  return [
    ...own,
    `saved rules need it, and ${names.join(", ")} loads them at boot: ${line.file}:${line.line} ${line.text.trim()}${more}`,
  ];
};
