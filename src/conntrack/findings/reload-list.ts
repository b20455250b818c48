import type { Facts } from "../../model/facts.ts";
import { iptablesSetting } from "../boot/load-list.ts";

/** Texts of IPTABLES_SYSCTL_LOAD_LIST: the restart applies each sysctl line that holds one of them (DOMAIN, iptables-services). */
export const reloadList = (facts: Facts): readonly string[] =>
  (iptablesSetting(facts, "IPTABLES_SYSCTL_LOAD_LIST")?.value ?? "").split(/\s+/).filter((word) => word !== "");
