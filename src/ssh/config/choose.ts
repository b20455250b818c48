import type { SshOption } from "../../model/host.ts";
import type { Position } from "../../model/problem.ts";
import { canonicalHost } from "./address.ts";
import type { Block, Condition, ConfigFile, SshConfig } from "./config.ts";
import { expandHostname } from "./expand.ts";
import { parseJump } from "./jump.ts";
import { findKeyword } from "./keywords.ts";
import type { Criterion } from "./match.ts";
import { nameMatcher } from "./pattern.ts";
import { parseStatement, type Setting, type Statement } from "./statement.ts";
import { unsafeNames } from "./unsafe-names.ts";

/** Whom the configuration is asked about. */
export type Asked = {
  /** As one would type it after `ssh`. */
  readonly host: string;
  /** Of the inventory or the command line: they win over `options`, and these over files, as when Ansible calls ssh. */
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly options: readonly SshOption[];
  readonly localUser: string;
};

/** The settings that count for one host. */
export type Chosen = {
  /** The first value of each keyword, by the keyword's name in lower case. */
  readonly first: ReadonlyMap<string, Setting>;
  /** All of these count. */
  readonly identityFiles: readonly Setting[];
  readonly needsOpenssh: readonly string[];
  readonly refusals: readonly string[];
};

type Choice = {
  readonly asked: Asked;
  /** What Host lines match. */
  readonly host: string;
  readonly isFinal: boolean;
  readonly first: Map<string, Setting>;
  readonly identityFiles: Setting[];
  readonly needsOpenssh: Set<string>;
  readonly refusals: string[];
};

/** Goes through the arguments and the files in their order; the first value of a keyword wins. */
export const chooseSettings = (config: SshConfig, asked: Asked): Chosen => {
  const collected = { first: new Map(), identityFiles: [], needsOpenssh: new Set<string>(), refusals: [] };
  const choice: Choice = { asked, host: asked.host, isFinal: false, ...collected };
  if (asked.port !== undefined) take(choice, argument("port", String(asked.port)));
  if (asked.user !== undefined) take(choice, argument("user", asked.user));
  for (const option of asked.options) takeOption(choice, option);
  choice.refusals.push(...unsafeNames(asked.host, choice.first));
  for (const file of config.files) walk(choice, file);
  if (config.hasFinal) walkAgain(choice, config);
  return { ...choice, needsOpenssh: [...choice.needsOpenssh] };
};

/** The second time, Host and Match see the name to connect to; what was set the first time stays. */
const walkAgain = (choice: Choice, config: SshConfig): void => {
  const again = { ...choice, host: canonicalHost(hostSoFar(choice)), isFinal: true };
  for (const file of config.files) walk(again, file);
};

const inArguments: Position = { file: "the ssh arguments", line: 0, column: 0 };

/** `at FILE:LINE`, or where else it stands. */
export const placeOf = ({ file, line }: Position): string => (line === 0 ? `in ${file}` : `at ${file}:${line}`);

/** Hosts share their options: each is read once. */
const readBefore = new WeakMap<SshOption, Statement>();

const readOption = (option: SshOption): Statement => {
  const before = readBefore.get(option);
  if (before !== undefined) return before;
  const { statement } = parseStatement(`${option.keyword} ${option.value}`, { ...inArguments, system: false });
  readBefore.set(option, statement);
  return statement;
};

const takeOption = (choice: Choice, option: SshOption): void => {
  const statement = readOption(option);
  if (statement.kind === "set") take(choice, statement.setting);
  else if (statement.kind === "fault" || (statement.kind === "unknown" && !isTolerated(choice, option.keyword)))
    choice.refusals.push(`${statement.message}, ${placeOf(inArguments)}`);
  else if (statement.kind !== "unknown")
    choice.refusals.push(`${option.keyword} may not stand ${placeOf(inArguments)}`);
};

const isTolerated = ({ first }: Choice, keyword: string): boolean =>
  nameMatcher(first.get("ignoreunknown")?.words[0] ?? "")(keyword);

const argument = (name: "port" | "user", value: string): Setting => {
  const keyword = findKeyword(name);
  if (keyword === undefined) throw new Error(`${name} is no keyword`);
  return { keyword, written: name, text: value, words: [value], at: inArguments, system: false };
};

const take = ({ first, identityFiles, isFinal }: Choice, setting: Setting): void => {
  const { name } = setting.keyword;
  if (isFinal && name === "hostname") return;
  if (name === "identityfile") identityFiles.push(setting);
  else if (!first.has(name) && !isUnset(setting) && !isBarred(name, first)) first.set(name, setting);
};

/** For OpenSSH a time of `none` is as if nothing stood there, and so is an empty list. */
const isUnset = ({ keyword, words: [word] }: Setting): boolean =>
  (word === "none" && isTime.has(keyword.name)) || (word === undefined && isList.has(keyword.name));
const isTime = new Set(["connecttimeout", "serveraliveinterval"]);
const isList = new Set(["userknownhostsfile", "globalknownhostsfile"]);

/** ProxyJump and ProxyCommand bar each other, but a ProxyJump of `none` bars no command. */
const isBarred = (name: string, first: Chosen["first"]): boolean => {
  if (name === "proxyjump") return first.has("proxycommand");
  const jump = name === "proxycommand" ? first.get("proxyjump") : undefined;
  return jump !== undefined && parseJump(jump.text)?.length !== 0;
};

const walk = (choice: Choice, file: ConfigFile): void => {
  for (const block of file.blocks) if (counts(choice, block)) walkBlock(choice, block);
};

const walkBlock = (choice: Choice, { steps }: Block): void => {
  for (const step of steps) {
    if (step.kind === "set") take(choice, step.setting);
    else for (const file of step.files) walk(choice, file);
  }
};

const counts = (choice: Choice, { when }: Block): boolean => {
  switch (when.kind) {
    case "always":
      return true;
    case "host":
      return when.matches(choice.host);
    case "match":
      return matchCounts(choice, when);
  }
};

const matchCounts = (choice: Choice, { criteria, at }: Condition & { readonly kind: "match" }): boolean => {
  if (criteria.some((one) => one.kind !== "unknown" && !holds(choice, one))) return false;
  const [unknown] = criteria.filter((one) => one.kind === "unknown");
  if (unknown === undefined) return true;
  choice.needsOpenssh.add(`Match ${unknown.name} ${placeOf(at)}`);
  return false;
};

const holds = (choice: Choice, criterion: Exclude<Criterion, { readonly kind: "unknown" }>): boolean => {
  const { asked, first, isFinal } = choice;
  switch (criterion.kind) {
    case "all":
      return !criterion.negated;
    case "canonical":
    case "final":
      // names are made canonical by the program only; what is left of both is the second time
      return criterion.negated !== isFinal;
    case "originalhost":
      return criterion.matches(asked.host) !== criterion.negated;
    case "host":
      return criterion.matches(hostSoFar(choice)) !== criterion.negated;
    case "user":
      return criterion.matches(first.get("user")?.words[0] ?? asked.localUser) !== criterion.negated;
    case "localuser":
      return criterion.matches(asked.localUser) !== criterion.negated;
  }
};

const hostSoFar = ({ asked, host, isFinal, first }: Choice): string => {
  if (isFinal) return host;
  const hostname = first.get("hostname")?.words[0];
  if (hostname === undefined) return asked.host;
  const expanded = expandHostname(hostname, asked.host);
  return expanded.kind === "ok" ? expanded.text : hostname;
};
