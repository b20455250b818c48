import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import type { Hop, Proxy, SshSettings } from "../../../src/ssh/config/settings.ts";

/** What OpenSSH said of one host: its settings by keyword, or what it wrote when it refused. */
export type Judgement =
  | { readonly kind: "settings"; readonly values: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: "refused"; readonly stderr: string };

export const environment = {
  HOME: "/elsewhere",
  PATH: "/usr/bin:/bin",
  JUDGED: "/judged",
  SSH_AUTH_SOCK: "/agent.sock",
};

export const account = {
  localUser: userInfo().username,
  localUid: userInfo().uid,
  home: userInfo().homedir,
  localHostname: hostname(),
  env: environment,
};

/** `ssh -G` with these arguments, behind `before` (`unshare ...`), with this HOME: for Include, ssh finds ~ by it. */
export const judge = (
  args: readonly string[],
  { before = [], HOME = environment.HOME }: { readonly before?: readonly string[]; readonly HOME?: string } = {},
): Promise<Judgement> =>
  new Promise((resolve) => {
    const [program = "ssh", ...rest] = [...before, "ssh", "-G", ...args];
    execFile(program, rest, { env: { ...environment, HOME } }, (error, stdout, stderr) => {
      const values = new Map<string, string[]>();
      for (const line of stdout.split("\n")) {
        const [keyword = "", ...value] = line.split(" ");
        values.set(keyword, [...(values.get(keyword) ?? []), value.join(" ")]);
      }
      resolve(error === null ? { kind: "settings", values } : { kind: "refused", stderr });
    }).stdin?.end();
  });

/** What we say, in the words of `ssh -G`. What it prints without its tokens expanded is left out where it has some. */
export const inWordsOfTheJudge = (settings: SshSettings, values: ReadonlyMap<string, readonly string[]>) => ({
  hostname: settings.hostname,
  port: String(settings.port),
  user: settings.user,
  addressfamily: settings.addressFamily,
  bindaddress: settings.bindAddress,
  connecttimeout: String(settings.connectTimeout ?? "none"),
  connectionattempts: String(settings.connectionAttempts),
  serveraliveinterval: String(settings.serverAliveInterval),
  serveralivecountmax: String(settings.serverAliveCountMax),
  hostkeyalias: settings.hostKeyAlias,
  userknownhostsfile: settings.userKnownHostsFiles.join(" ") || "none",
  globalknownhostsfile: settings.globalKnownHostsFiles.join(" ") || "none",
  stricthostkeychecking: { yes: "true", no: "false", ask: "ask", "accept-new": "accept-new" }[
    settings.strictHostKeyChecking
  ],
  hashknownhosts: settings.hashKnownHosts ? "yes" : "no",
  identityfile: hasTokens(values.get("identityfile")) ? undefined : settings.identityFiles,
  identitiesonly: settings.identitiesOnly ? "yes" : "no",
  identityagent: settings.identityAgent,
  authentications: settings.authentications,
  ...algorithmsInWords(settings.algorithms, values),
  proxy: settings.proxy.kind === "command" && hasTokens(values.get("proxycommand")) ? undefined : settings.proxy,
});

/** The same out of what `ssh -G` printed. */
export const ofTheJudge = (values: ReadonlyMap<string, readonly string[]>): ReturnType<typeof inWordsOfTheJudge> => {
  const word = (keyword: string): string => values.get(keyword)?.[0] ?? "";
  const optional = (keyword: string): string | undefined => values.get(keyword)?.[0];
  return {
    hostname: word("hostname"),
    port: word("port"),
    user: word("user"),
    addressfamily: word("addressfamily") as "any",
    bindaddress: optional("bindaddress"),
    // a timeout of 0 is none
    connecttimeout: word("connecttimeout") === "0" ? "none" : word("connecttimeout"),
    connectionattempts: word("connectionattempts"),
    serveraliveinterval: word("serveraliveinterval"),
    serveralivecountmax: word("serveralivecountmax"),
    hostkeyalias: optional("hostkeyalias"),
    userknownhostsfile: word("userknownhostsfile"),
    globalknownhostsfile: word("globalknownhostsfile").split(" ").map(atHome).join(" "),
    stricthostkeychecking: word("stricthostkeychecking"),
    hashknownhosts: word("hashknownhosts"),
    identityfile: identityFiles(values.get("identityfile") ?? []),
    identitiesonly: word("identitiesonly"),
    identityagent: agent(optional("identityagent")),
    authentications: authentications(values),
    ...algorithms(values),
    proxy: proxy(optional("proxyjump"), optional("proxycommand")),
  };
};

const families = [
  ["kexalgorithms", "kex"],
  ["ciphers", "ciphers"],
  ["macs", "macs"],
  ["hostkeyalgorithms", "hostKeys"],
  ["pubkeyacceptedalgorithms", "pubkey"],
] as const;

/** What ssh has and our own transport has not. */
const beyondUs = /^(?:sntrup|mlkem|umac-|sk-|webauthn-)|-cert-v01@|^hmac-(?:sha1-96|md5.*)-etm@/;

const listOf = (values: ReadonlyMap<string, readonly string[]>, keyword: string): string =>
  (values.get(keyword)?.[0] ?? "")
    .split(",")
    .filter((name) => !beyondUs.test(name))
    .join();

const algorithms = (values: ReadonlyMap<string, readonly string[]>) => ({
  lists: families.map(([keyword]) => listOf(values, keyword)),
  requiredrsasize: values.get("requiredrsasize")?.[0] ?? "",
});

/** Ours; what is not set is the library's affair, which has other defaults. */
const algorithmsInWords = (ours: SshSettings["algorithms"], values: ReadonlyMap<string, readonly string[]>) => ({
  lists: families.map(([keyword, name]) => ours[name]?.join() ?? listOf(values, keyword)),
  requiredrsasize: String(ours.rsaBits ?? 1024),
});

const hasTokens = (values: readonly string[] = []): boolean => values.some((value) => /[%$]/.test(value));

const atHome = (path: string): string => path.replace(/^~\/*/, `${account.home}/`);

const identityFiles = (values: readonly string[]): readonly string[] | undefined => {
  if (hasTokens(values) || values.includes("~/.ssh/id_xmss")) return undefined;
  return [...new Set(values.filter((value) => value !== "none").map(atHome))];
};

const agent = (value: string | undefined): string | undefined => {
  if (value === undefined || value === "SSH_AUTH_SOCK") return environment.SSH_AUTH_SOCK;
  if (value.startsWith("$")) return (environment as Record<string, string | undefined>)[value.slice(1)];
  return value === "none" ? undefined : value;
};

const authentications = (values: ReadonlyMap<string, readonly string[]>): SshSettings["authentications"] => {
  const is = (keyword: string, ...words: string[]): boolean => words.includes(values.get(keyword)?.[0] ?? "");
  const enabled = [
    ...(is("pubkeyauthentication", "false") ? [] : ["publickey"]),
    ...(is("kbdinteractiveauthentication", "no") || is("batchmode", "yes") ? [] : ["keyboard-interactive"]),
    ...(is("passwordauthentication", "no") || is("batchmode", "yes") ? [] : ["password"]),
  ];
  const preferred = values.get("preferredauthentications")?.[0]?.split(",") ?? enabled;
  return [...new Set(preferred)].filter((one) => enabled.includes(one)) as SshSettings["authentications"];
};

const proxy = (jump: string | undefined, command: string | undefined): Proxy | undefined => {
  if (command !== undefined) return hasTokens([command]) ? undefined : { kind: "command", command };
  if (jump === undefined) return { kind: "none" };
  const [first, ...more] = jump.split(",").map((text): Hop => {
    const [, user, host = "", port] = /^(?:ssh:\/\/)?(?:(.*)@)?\[?([^\]]*?)\]?(?::(\d+))?$/.exec(text) ?? [];
    return { host, user, port: port === undefined ? undefined : Number(port) };
  });
  return first === undefined ? undefined : { kind: "jump", hops: [first, ...more] };
};
