import { canonicalHost } from "./address.ts";
import { algorithmsOf } from "./algorithms.ts";
import { type Asked, type Chosen, chooseSettings, placeOf } from "./choose.ts";
import type { SshConfig } from "./config.ts";
import { type Environment, type Expanded, expandHome, expandHostname, expandPath, type Names } from "./expand.ts";
import { handedOver } from "./handed-over.ts";
import { authenticationsOf, identityAgentOf, identityFilesOf } from "./log-in-settings.ts";
import { parsePort, parseSeconds } from "./numbers.ts";
import { proxyOf } from "./proxy.ts";
import type { SshSettings } from "./settings.ts";
import { flagOf, numberOf, pathsOf, type Take, wordOf } from "./value.ts";

export type ResolveRequest = Asked & {
  readonly localUid: number;
  /** This account's home folder, as the password database has it. */
  readonly home: string;
  readonly localHostname: string;
  /** For `${NAME}`, `$NAME` and SSH_AUTH_SOCK. */
  readonly env: Environment;
};

/**
 * What the configuration comes to for one host. Pure and quick: no name is looked up, no command is run. A hop of ProxyJump has
 * settings of its own: ask again with its name, user and port, and without the options that were given for the host.
 */
export const resolveHost = (config: SshConfig, request: ResolveRequest): SshSettings => {
  const chosen = chooseSettings(config, request);
  const needsOpenssh = [...chosen.needsOpenssh, ...handedOver(chosen)];
  const refusals = [...chosen.refusals];
  const take: Take = (setting, expanded) => {
    if (expanded.kind === "ok") return expanded.text;
    const reasons = expanded.kind === "fault" ? refusals : needsOpenssh;
    reasons.push(`${setting.written}: ${expanded.because}, ${placeOf(setting.at)}`);
    return undefined;
  };
  const names = namesOf(chosen, request, take);
  const path = (text: string): Expanded => expandPath(text, names, request.env);
  const attempts = numberOf(chosen, "connectionattempts", 1);
  if (attempts === 0) refusals.push("ConnectionAttempts is 0: at least one is needed");
  return {
    hostname: names.hostname,
    port: names.port,
    user: names.user,
    addressFamily: families[wordOf(chosen, "addressfamily")?.toLowerCase() ?? "any"] ?? "any",
    bindAddress: wordOf(chosen, "bindaddress"),
    connectTimeout: parseSeconds(wordOf(chosen, "connecttimeout") ?? "") || undefined,
    connectionAttempts: attempts,
    serverAliveInterval: serverAliveInterval(chosen),
    serverAliveCountMax: numberOf(chosen, "serveralivecountmax", 3),
    hostKeyAlias: names.hostKeyAlias,
    ...knownHostsOf(chosen, path, take, request.home),
    strictHostKeyChecking: strictness[wordOf(chosen, "stricthostkeychecking")?.toLowerCase() ?? "ask"] ?? "ask",
    hashKnownHosts: flagOf(chosen, "hashknownhosts", false),
    identityFiles: identityFilesOf(chosen, path, take),
    identitiesOnly: flagOf(chosen, "identitiesonly", false),
    identityAgent: identityAgentOf(chosen, request.env, path, take),
    authentications: authenticationsOf(chosen),
    algorithms: algorithmsOf(chosen, needsOpenssh),
    proxy: proxyOf(chosen, names, take),
    needsOpenssh,
    refusals,
  };
};

const families: Readonly<Record<string, SshSettings["addressFamily"]>> = { any: "any", inet: "inet", inet6: "inet6" };

const strictness: Readonly<Record<string, SshSettings["strictHostKeyChecking"]>> = {
  ...{ yes: "yes", true: "yes", ask: "ask", "accept-new": "accept-new" },
  ...{ no: "no", false: "no", off: "no" },
};

const namesOf = (chosen: Chosen, request: ResolveRequest, take: Take): Names => {
  const { host, localUser, localUid, localHostname, home } = request;
  const hostname = chosen.first.get("hostname");
  const expanded = hostname && take(hostname, expandHostname(hostname.words[0] ?? "", host));
  return {
    hostname: canonicalHost(expanded ?? host),
    typed: host,
    port: parsePort(wordOf(chosen, "port") ?? "") ?? 22,
    user: wordOf(chosen, "user") ?? localUser,
    hostKeyAlias: wordOf(chosen, "hostkeyalias")?.toLowerCase(),
    jump: chosen.first.get("proxyjump")?.text ?? "",
    ...{ localUser, localUid, localHostname, home },
  };
};

/** Debian's OpenSSH takes 300 with BatchMode; a sign of life does no harm to others. */
const serverAliveInterval = (chosen: Chosen): number =>
  parseSeconds(wordOf(chosen, "serveraliveinterval") ?? "") ?? (flagOf(chosen, "batchmode", false) ? 300 : 0);

type KnownHosts = Pick<SshSettings, "userKnownHostsFiles" | "globalKnownHostsFiles">;

const knownHostsOf = (chosen: Chosen, path: (text: string) => Expanded, take: Take, home: string): KnownHosts => {
  const user = chosen.first.get("userknownhostsfile");
  const global = chosen.first.get("globalknownhostsfile");
  return {
    userKnownHostsFiles: user ? pathsOf(user, path, take) : usual(`${home.replace(/\/$/, "")}/.ssh/known_hosts`),
    globalKnownHostsFiles: global
      ? pathsOf(global, (text) => expandHome(text, home), take)
      : usual("/etc/ssh/ssh_known_hosts"),
  };
};

const usual = (file: string): readonly string[] => [file, `${file}2`];
