import type { HostPath } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import asksPart from "./asks.sh";
import { type Ask, seconds } from "./asks.ts";
import bootImage from "./boot-image.sh";
import config from "./config.sh";
import conntrack from "./conntrack.sh";
import files from "./files.sh";
import firewall from "./firewall.sh";
import guest from "./guest.sh";
import ids from "./ids.sh";
import init from "./init.sh";
import kernel from "./kernel.sh";
import lastChange from "./last-change.sh";
import log from "./log.sh";
import machine from "./machine.sh";
import memory from "./memory.sh";
import modules from "./modules.sh";
import os from "./os.sh";
import power from "./power.sh";
import prelude from "./prelude.sh";
import reading from "./reading.sh";
import rules from "./rules.sh";
import running from "./running.sh";
import selinux from "./selinux.sh";
import underWay from "./under-way.sh";

/** What one probe is asked, beyond the facts that every probe reads. */
export type ProbeRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  /** Prefix of every path that is read; empty on a real host. */
  readonly root: string;
  /** Files that the play manages. */
  readonly files: readonly HostPath[];
  /** Commands whose exit status the play needs. */
  readonly asks: readonly Ask[];
  /** Names whose numeric ids the play needs. */
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
};

// Facts first say what they read; then it is read in a few sweeps.
const registrations = [
  memory,
  machine,
  kernel,
  os,
  init,
  selinux,
  guest,
  conntrack,
  modules,
  firewall,
  rules,
  power,
  log,
  config,
  bootImage,
];
const body = [prelude, ...registrations, running, lastChange, underWay, ids, asksPart, reading, files].join("\n");

/**
 * The read-only script that gathers facts, for the standard input of `/bin/sh -s`. It is one function, called in the last
 * line, so a script that is cut on its way runs nothing.
 */
export const buildProbe = ({ nonce, root, files: managed, owners, asks }: ProbeRequest): string => `probe() {
nonce=${quote(nonce)} root=${quote(root)}
managed() { "$@" ${managed.map((path) => quote(`.${path}`)).join(" ")}; }
owner_lines() { :; ${[...owners.users, ...owners.groups].map((name) => `pick_line ${quote(ownerPattern(name))};`).join(" ")} }
asks() { :; ${asks.map(({ argv, within }) => `ask ${sh([String(seconds(within)), ...argv])};`).join(" ")} }
${body}
}
probe </dev/null
`;

/** A line of passwd or group, as a basic regular expression. */
const ownerPattern = (name: string): string => `^${name.replaceAll(/[[\].*^$\\]/g, "\\$&")}:`;
