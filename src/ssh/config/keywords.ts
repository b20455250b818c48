import type { Shape } from "./shapes.ts";
import * as is from "./shapes.ts";

/*
 * What becomes of each keyword of ssh_config(5). Whatever stands in none of these tables is unknown, and refused as ssh
 * refuses it.
 */

/** Our own transport does as they say. */
const honoured: Readonly<Record<string, Shape>> = {
  addressfamily: is.choice("any", "inet", "inet6"),
  batchmode: is.flag,
  bindaddress: is.word,
  ciphers: is.word,
  connectionattempts: is.number,
  connecttimeout: is.seconds,
  globalknownhostsfile: is.list,
  hashknownhosts: is.flag,
  hostkeyalias: is.word,
  hostkeyalgorithms: is.word,
  hostname: is.word,
  identitiesonly: is.flag,
  identityagent: is.word,
  identityfile: is.word,
  ignoreunknown: is.word,
  kbdinteractiveauthentication: is.flag,
  kexalgorithms: is.word,
  macs: is.word,
  passwordauthentication: is.flag,
  port: is.port,
  preferredauthentications: is.word,
  proxycommand: is.anything,
  proxyjump: is.jump,
  pubkeyacceptedalgorithms: is.word,
  pubkeyauthentication: is.choice("yes", "no", "true", "false", "unbound", "host-bound"),
  requiredrsasize: is.number,
  serveralivecountmax: is.number,
  serveraliveinterval: is.seconds,
  stricthostkeychecking: is.choice("yes", "no", "true", "false", "ask", "off", "accept-new"),
  user: is.word,
  userknownhostsfile: is.list,
};

/** They mean nothing to a runner that sends scripts: terminals, forwarding, sharing of connections, display, tuning. */
const ignored: Readonly<Record<string, Shape>> = {
  addkeystoagent: is.keyLife,
  // without CanonicalizeHostname the other words about it do nothing
  canonicaldomains: is.list,
  canonicalizefallbacklocal: is.flag,
  canonicalizemaxdots: is.number,
  casignaturealgorithms: is.word,
  channeltimeout: is.list,
  checkhostip: is.flag,
  clearallforwardings: is.flag,
  compression: is.choice("yes", "no"),
  controlmaster: is.choice("true", "yes", "false", "no", "auto", "ask", "autoask"),
  controlpath: is.word,
  controlpersist: is.word,
  dynamicforward: is.word,
  enableescapecommandline: is.flag,
  enablesshkeysign: is.flag,
  escapechar: is.word,
  exitonforwardfailure: is.flag,
  fingerprinthash: is.choice("md5", "sha1", "sha256", "sha384", "sha512"),
  forkafterauthentication: is.flag,
  forwardagent: is.word,
  forwardx11: is.flag,
  forwardx11timeout: is.seconds,
  forwardx11trusted: is.flag,
  gatewayports: is.flag,
  gssapiclientidentity: is.word,
  gssapidelegatecredentials: is.flag,
  gssapikexalgorithms: is.word,
  gssapirenewalforcesrekey: is.flag,
  gssapiserveridentity: is.word,
  gssapitrustdns: is.flag,
  hostbasedacceptedalgorithms: is.word,
  ipqos: is.oneOrTwo,
  kbdinteractivedevices: is.word,
  localcommand: is.anything,
  localforward: is.two,
  loglevel: is.choice("quiet", "fatal", "error", "info", "verbose", "debug", "debug1", "debug2", "debug3"),
  logverbose: is.list,
  // our host keys are always checked
  nohostauthenticationforlocalhost: is.flag,
  numberofpasswordprompts: is.number,
  obscurekeystroketiming: is.word,
  permitlocalcommand: is.flag,
  permitremoteopen: is.list,
  rekeylimit: is.oneOrTwo,
  remotecommand: is.anything,
  remoteforward: is.oneOrTwo,
  requesttty: is.choice("true", "yes", "false", "no", "force", "auto"),
  sendenv: is.names,
  sessiontype: is.choice("none", "subsystem", "default"),
  setenv: is.assignments,
  stdinnull: is.flag,
  streamlocalbindmask: is.word,
  streamlocalbindunlink: is.flag,
  syslogfacility: is.word,
  tag: is.word,
  tcpkeepalive: is.flag,
  tunnel: is.choice("ethernet", "point-to-point", "true", "yes", "false", "no"),
  tunneldevice: is.word,
  updatehostkeys: is.choice("true", "false", "yes", "no", "ask"),
  versionaddendum: is.anything,
  visualhostkey: is.flag,
  warnweakcrypto: is.anything,
  xauthlocation: is.word,
  ...Object.fromEntries(
    // OpenSSH itself passes over them
    [
      ...[
        "protocol",
        "cipher",
        "fallbacktorsh",
        "globalknownhostsfile2",
        "rhostsauthentication",
        "userknownhostsfile2",
      ],
      ...["useroaming", "usersh", "useprivilegedport", "afstokenpassing", "kerberosauthentication"],
      ...["kerberostgtpassing", "rsaauthentication", "rhostsrsaauthentication", "compressionlevel"],
    ].map((name) => [name, is.anything]),
  ),
};

type Handed = {
  readonly shape: Shape /** Values with which our own transport may go on. */;
  readonly unless: readonly string[];
};

const no = ["no", "false"];
/** Only the OpenSSH program does as they say: the host goes to it. */
const handed: Readonly<Record<string, Handed>> = {
  bindinterface: { shape: is.word, unless: [] },
  canonicalizehostname: { shape: is.choice("true", "false", "yes", "no", "always"), unless: no },
  canonicalizepermittedcnames: { shape: is.list, unless: ["none"] },
  certificatefile: { shape: is.word, unless: ["none"] },
  gssapiauthentication: { shape: is.flag, unless: no },
  gssapikeyexchange: { shape: is.flag, unless: no },
  hostbasedauthentication: { shape: is.flag, unless: no },
  knownhostscommand: { shape: is.anything, unless: ["none"] },
  pkcs11provider: { shape: is.word, unless: ["none"] },
  proxyusefdpass: { shape: is.flag, unless: no },
  refuseconnection: { shape: is.anything, unless: [] },
  revokedhostkeys: { shape: is.word, unless: ["none"] },
  securitykeyprovider: { shape: is.word, unless: ["none", "internal"] },
  verifyhostkeydns: { shape: is.choice("true", "false", "yes", "no", "ask"), unless: [...no, "ask"] },
};

/** Older and Debian's names. */
const aliases: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  hostbasedkeytypes: "hostbasedacceptedalgorithms",
  identityfile2: "identityfile",
  keepalive: "tcpkeepalive",
  protocolkeepalives: "serveraliveinterval",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  setuptimeout: "serveraliveinterval",
  skeyauthentication: "kbdinteractiveauthentication",
  smartcarddevice: "pkcs11provider",
  tisauthentication: "kbdinteractiveauthentication",
};

export type Keyword = {
  readonly name: string;
  readonly use: "honoured" | "ignored" | "handed";
  readonly shape: Shape;
  readonly unless: readonly string[];
};

const rows = (table: Readonly<Record<string, Shape>>, use: "honoured" | "ignored"): [string, Keyword][] =>
  Object.entries(table).map(([name, shape]) => [name, { name, use, shape, unless: [] }]);

const byName = new Map<string, Keyword>([
  ...rows(honoured, "honoured"),
  ...rows(ignored, "ignored"),
  ...Object.entries(handed).map(([name, row]): [string, Keyword] => [name, { name, use: "handed", ...row }]),
]);
for (const [alias, name] of Object.entries(aliases)) {
  const keyword = byName.get(name);
  if (keyword !== undefined) byName.set(alias, keyword);
}

/** A keyword by any of its names, in lower case; undefined for `host`, `match`, `include` and what is unknown. */
export const findKeyword = (name: string): Keyword | undefined => byName.get(name);

export const keywordNames = (): readonly string[] => [...byName.keys(), "host", "match", "include"];
