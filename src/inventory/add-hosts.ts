import { splitPort } from "./address.ts";
import { addHost, type Draft, type DraftGroup, type DraftHost, type Place, report, setVar } from "./draft.ts";
import { hostName, hostNameFault } from "./names.ts";
import { expandRanges, mostNames } from "./ranges.ts";

/**
 * Adds the hosts that a written name stands for (`web[01:20].example.net:2222`) to the draft and the group, in the order of
 * its ranges. Faults of the name go to the draft; then no host, or the hosts before the fault, are given.
 */
export const addHosts = (draft: Draft, group: DraftGroup, pattern: string, place: Place): readonly DraftHost[] => {
  const { name, port } = splitPort(pattern);
  const expansion = expandRanges(name);
  if (expansion.kind === "fault") {
    report(draft, place, expansion.because);
    return [];
  }
  if (draft.hosts.size + expansion.names.length > mostNames) {
    report(draft, place, `with this, the inventory has more than ${mostNames} hosts`);
    return [];
  }
  const added: DraftHost[] = [];
  for (const one of expansion.names) {
    const minted = hostName(one);
    if (minted === undefined) {
      report(draft, place, hostNameFault(one) ?? "");
      return added;
    }
    const known = draft.hosts.has(minted);
    const host = addHost(draft, minted, place);
    // Ansible takes a name's port only where it meets the host for the first time
    if (port !== undefined && !known) setVar(host, "ansible_port", Number(port), place);
    group.hosts.add(minted);
    added.push(host);
  }
  return added;
};
