import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import type { Loaded } from "./prediction.ts";
import { fileAt, place } from "./tree.ts";

/** The firewall service that starts at boot and brings connection tracking in; undefined where none does. */
export const firewallAtBoot = (facts: Facts): Loaded | undefined => {
  const name = enabledFirewall(facts);
  if (name === undefined) return undefined;
  const why = whatNeedsIt(facts, name);
  if (why === undefined) return undefined;
  if (
    name === "nftables" &&
    valueOf(facts.init) === "systemd" &&
    !/^(?:rhel|centos|fedora|rocky|almalinux|ol)$/.test(valueOf(facts.os.id) ?? "")
  )
    return {
      when: "unknown",
      because: `nftables.service brings it in (${why}), and nothing orders it and systemd-sysctl`,
    };
  return { when: "after_sysctl", because: `${name} brings it in (${why}) after sysctl files are applied` };
};

/** Enabled counts; where that was not read, active. */
const enabledFirewall = ({ firewall }: Facts): string | undefined => {
  const services = valueOf(firewall.services) ?? [];
  const enabled = services.find((one) => one.enabled && !one.name.startsWith("ip6tables"));
  if (enabled !== undefined) return enabled.name;
  const chosen = valueOf(firewall.service);
  return services.length > 0 || chosen === "none" ? undefined : chosen;
};

/** firewalld's and ufw's own rules match on state; of the others it is the saved rules that decide. */
const whatNeedsIt = (facts: Facts, name: string): string | undefined => {
  if (name === "firewalld" || name === "ufw") return "its rules match on connection state";
  const named = helperModules(facts);
  if (named !== undefined) return named;
  const saved = facts.rules.saved[0];
  if (saved !== undefined) return `a saved rule needs it, ${place(saved)}`;
  const closed = facts.rules.unreadable[0];
  if (closed !== undefined) return `its rules in ${closed} could not be read, and most have a rule on state`;
  return undefined;
};

/** `IPTABLES_MODULES="nf_conntrack_ftp"`: loaded by the start script, after the rules. */
const helperModules = ({ config }: Facts): string | undefined => {
  const lines = fileAt(config, "/etc/sysconfig/iptables-config")?.lines ?? [];
  const line = lines.filter(({ text }) => /^\s*IPTABLES_MODULES=/.test(text)).at(-1);
  return line !== undefined && /conntrack|_nat/.test(line.text) ? place(line) : undefined;
};
