import type { SshOption } from "../model/host.ts";
import { visible } from "../source/visible.ts";
import { shellWords } from "./shell-words.ts";

export type SshArgs =
  | { readonly kind: "ok"; readonly options: readonly SshOption[]; readonly configFile: string | undefined }
  | { readonly kind: "fault"; readonly because: string };

/** Collects what a line says. */
type Draft = { first: SshOption[]; options: SshOption[]; configFile: string | undefined };

/** What an option letter does with its value; a string says why it is refused. */
type Letter = (draft: Draft, value: string) => string | undefined;

/**
 * Arguments for ssh as a line of text (`ansible_ssh_common_args`), as settings of ssh_config: the first value of a keyword
 * wins, as on ssh's command line. Options that mean nothing to a runner are passed over; those that would keep it from its
 * work are refused. What stands behind `-o` is looked at when a host is resolved.
 */
export const parseSshArgs = (text: string): SshArgs => {
  const split = shellWords(text, { comments: false });
  if (split.kind === "fault") return split;
  const draft: Draft = { first: [], options: [], configFile: undefined };
  // as Ansible: empty words are no arguments
  const words = split.words.map((word) => word.text.trim()).filter((word) => word !== "");
  const because = readWords(draft, words);
  if (because !== undefined) return { kind: "fault", because };
  return { kind: "ok", options: [...draft.first, ...draft.options], configFile: draft.configFile };
};

const readWords = (draft: Draft, words: readonly string[]): string | undefined => {
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!/^-[^-]/.test(word))
      return `"${visible(word)}" is no option of ssh; the host's name and a command do not belong here`;
    const fault = readCluster(draft, word.slice(1), left);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** `vC`, `oKEY=VALUE`, `p` with its value in the next word. */
const readCluster = (draft: Draft, cluster: string, left: string[]): string | undefined => {
  for (let at = 0; at < cluster.length; at += 1) {
    const letter = cluster.charAt(at);
    const refused = refusals.get(letter);
    if (refused !== undefined) return `-${letter} ${refused}`;
    const [plain, valued] = [flags.get(letter), values.get(letter)];
    if (plain === undefined && valued === undefined) return `ssh has no option -${visible(letter)}`;
    if (plain !== undefined) plain(draft, "");
    if (valued === undefined) continue;
    const value = cluster.slice(at + 1) || left.shift();
    return value === undefined ? `-${letter} needs a value` : valued(draft, value);
  }
  return undefined;
};

/** These win over what stood before them, as ssh has it. */
const overriding =
  (keyword: string): Letter =>
  ({ first }, value) => {
    first.unshift({ keyword, value: quoted(value) });
    return undefined;
  };
const setting =
  (keyword: string): Letter =>
  ({ options }, value) => {
    options.push({ keyword, value: quoted(value) });
    return undefined;
  };
const fixed =
  (keyword: string, value: string): Letter =>
  (draft) =>
    overriding(keyword)(draft, value);
const nothing: Letter = () => undefined;
const each = (letters: string, does: Letter): [string, Letter][] => Array.from(letters, (letter) => [letter, does]);

/** A value of the command line is one word; in a setting, blanks and quotes part words. */
const quoted = (value: string): string =>
  /^[^\s"'\\#]+$/.test(value) ? value : `"${value.replace(/["'\\]/g, "\\$&")}"`;

const option: Letter = ({ options }, text) => {
  const [, keyword, value = ""] = /^\s*"?([^\s="]+)"?(?:\s*=\s*|\s+)(.*)$/s.exec(text) ?? [];
  if (keyword === undefined || value === "")
    return `-o ${visible(text)} is not KEYWORD=VALUE; quote it where it has blanks`;
  const name = keyword.toLowerCase();
  if (name === "host" || name === "match" || name === "include") return `-o ${visible(keyword)} stands in files only`;
  options.push({ keyword: name, value });
  return undefined;
};

const isProxy = ({ keyword }: SshOption): boolean => keyword === "proxyjump" || keyword === "proxycommand";

const jump: Letter = ({ options }, value) => {
  const before = options.find(isProxy);
  if (before !== undefined) return `-J stands beside another ${before.keyword}; ssh takes one of them`;
  options.push({ keyword: "proxyjump", value });
  return undefined;
};

const configFile: Letter = (draft, value) => {
  draft.configFile = value;
  return undefined;
};

const flags = new Map<string, Letter>([
  ["4", fixed("addressfamily", "inet")],
  ["6", fixed("addressfamily", "inet6")],
  ["C", fixed("compression", "yes")],
  [
    "K",
    (draft) => fixed("gssapidelegatecredentials", "yes")(draft, "") ?? fixed("gssapiauthentication", "yes")(draft, ""),
  ],
  ["k", fixed("gssapidelegatecredentials", "no")],
  // output, terminals, forwarding, sharing of connections: nothing of this reaches the host's scripts
  ...each("2AaMgqTtvXxYy", nothing),
]);

const values = new Map<string, Letter>([
  ["B", overriding("bindinterface")],
  ["b", overriding("bindaddress")],
  ["c", overriding("ciphers")],
  ["I", overriding("pkcs11provider")],
  ["m", overriding("macs")],
  ["F", configFile],
  ["i", setting("identityfile")],
  ["J", jump],
  ["l", setting("user")],
  ["o", option],
  ["p", setting("port")],
  ...each("DEeLRSw", nothing),
]);

const refusals = new Map([
  ["1", "asks for version 1 of the protocol, which no longer exists"],
  ["f", "sends ssh to the background; leave it out"],
  ["G", "prints the configuration instead of connecting; leave it out"],
  ["N", "runs no command; leave it out"],
  ["n", "takes the scripts' way in, standard input, away; leave it out"],
  ["O", "speaks to another ssh instead of connecting; leave it out"],
  ["P", "means different things to different versions of ssh; write -o Tag=NAME"],
  ["Q", "prints what ssh knows instead of connecting; leave it out"],
  ["s", "asks for a subsystem instead of a command; leave it out"],
  ["V", "prints a version instead of connecting; leave it out"],
  ["W", "connects to another host behind this one; to go through a host, write -J HOST"],
]);
