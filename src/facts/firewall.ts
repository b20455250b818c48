import type { FirewallFacts, FirewallService } from "../model/facts.ts";
import { mapReading, type Reading, read, unreadable } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** In the order in which one is chosen. The script iptables of EL is the package iptables-services on all of them. */
const names = ["iptables", "ip6tables", "firewalld", "nftables", "ufw", "netfilter-persistent"] as const;

export const parseFirewall = (seen: Seen): FirewallFacts => {
  const services = seen.sight("run/systemd/system") ? fromSystemd(seen) : read(fromScripts(seen));
  return { services, service: mapReading(services, choose) };
};

const choose = (services: readonly FirewallService[]): string => {
  // A service for IPv6 alone does not make the firewall.
  const whole = services.filter(({ name }) => !name.startsWith("ip6tables"));
  return (whole.find(({ active }) => active) ?? whole.find(({ enabled }) => enabled))?.name ?? "none";
};

/** Blocks of `systemctl show`. An alias shows the unit that it stands for, so a unit may come twice. */
const fromSystemd = (seen: Seen): Reading<readonly FirewallService[]> => {
  const text = seen.part("services");
  if (text === undefined || text === "") return unreadable("systemctl: no answer");
  const units = new Map(
    text.split(/\n{2,}/).map((block) => {
      const values = new Map(
        block.split("\n").map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]),
      );
      return [values.get("Id") ?? "", values];
    }),
  );
  return read(
    names.flatMap((name) => {
      const unit = units.get(`${name}.service`);
      if (unit?.get("LoadState") !== "loaded") return [];
      const active = /^(active|activating|reloading)$/.test(unit.get("ActiveState") ?? "");
      const enabled = /^(enabled|generated)/.test(unit.get("UnitFileState") ?? "");
      return [{ name: serviceName(seen, name), active: active && !isIdleUfw(seen, name), enabled }];
    }),
  );
};

/** ufw's unit is active even where ufw itself is turned off. */
const isIdleUfw = (seen: Seen, name: string): boolean => {
  const conf = seen.text("etc/ufw/ufw.conf");
  return name === "ufw" && conf.kind === "read" && !/^[ \t]*ENABLED=["']?yes/im.test(conf.value);
};

/** Start scripts, with the locks and links that SysV init and OpenRC keep. */
const fromScripts = (seen: Seen): readonly FirewallService[] =>
  names.flatMap((name) => {
    if (!seen.sight(`etc/init.d/${name}`) && !seen.sight(`etc/rc.d/init.d/${name}`)) return [];
    const started = seen.sight(`var/lock/subsys/${name}`) ?? seen.sight(`run/openrc/started/${name}`);
    const atBoot = new RegExp(`^etc/(?:rc\\.d/)?rc[2345]\\.d/S\\d\\d${name}$|^etc/runlevels/[^/]+/${name}$`);
    const active = started !== undefined && !isIdleUfw(seen, name);
    return [{ name: serviceName(seen, name), active, enabled: seen.paths.some((path) => atBoot.test(path)) }];
  });

const serviceName = (seen: Seen, name: string): string =>
  /^ip6?tables$/.test(name) && !seen.sight("run/openrc") && !seen.sight("sbin/openrc-run") ? `${name}-services` : name;
