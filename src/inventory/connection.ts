import type { BecomeMethod, Connection, SshOption } from "../model/host.ts";
import { secret } from "../model/host.ts";
import { remember } from "../model/remember.ts";
import * as values from "./connection-values.ts";
import { becomeNames, names } from "./connection-vars.ts";
import { shellWords } from "./shell-words.ts";
import { parseSshArgs } from "./ssh-args.ts";

/** Takes what the last set one of these variables says; undefined where none is set, or where it is told to be wrong. */
export type Take = <T>(variables: readonly string[], reader: values.Reader<T>) => T | undefined;

/** How to reach a host. `method`: what becomes root where the inventory names nothing. */
export const connectionOf = (name: string, take: Take, method: BecomeMethod): Connection => {
  take(names.connection, values.connection);
  take(names.executable, executable);
  const { sshOptions, sshConfigFile, overruled } = sshSettings(take);
  const password = take(names.password, values.password);
  return {
    address: take(names.address, values.address) ?? name,
    port: overruled.has("port") ? undefined : take(names.port, values.port),
    user: overruled.has("user") ? undefined : take(names.user, values.user),
    privateKeyFile: take(names.privateKeyFile, values.file),
    password: password === undefined ? undefined : secret(password),
    timeout: overruled.has("connecttimeout") ? undefined : take(names.timeout, values.seconds),
    transport: take(names.transport, values.transport),
    sshOptions,
    sshConfigFile,
    ...becomeSettings(take, method),
    root: take(names.root, values.root) ?? "",
    lab: take(names.lab, values.flag) ?? false,
  };
};

const becomeSettings = (take: Take, otherwise: BecomeMethod) => {
  const becomeMethod = take(names.becomeMethod, values.becomeMethod);
  const method = becomeMethod ?? otherwise;
  const password = take(becomeNames[method].pass, values.password);
  return {
    become: take(names.become, values.flag),
    becomeMethod,
    becomeUser: take(becomeNames[method].user, values.user),
    becomePassword: password === undefined ? undefined : secret(password),
    becomeExe: take(becomeNames[method].exe, values.file),
    becomeFlags: take(becomeNames[method].flags, flags) ?? [],
  };
};

/**
 * Ansible's order on the command line of ssh, where the first value of a keyword wins: `ansible_ssh_args`, its own options
 * (port, user, timeout...), common arguments, extra arguments. `overruled`: what stands before its own options.
 */
const sshSettings = (take: Take) => {
  const before = take(names.args, sshArgs);
  const checking = take(names.keyChecking, values.flag);
  const after = [take(names.commonArgs, sshArgs), take(names.extraArgs, sshArgs)];
  const unchecked: readonly SshOption[] = checking === false ? [{ keyword: "stricthostkeychecking", value: "no" }] : [];
  return {
    sshOptions: [...(before?.options ?? []), ...unchecked, ...after.flatMap((one) => one?.options ?? [])],
    // ssh takes the last -F
    sshConfigFile: [before, ...after].map((one) => one?.configFile).findLast((file) => file !== undefined),
    overruled: new Set(before?.options.map((option) => option.keyword)),
  };
};

const parsedArgs = remember(parseSshArgs, 1_000);

type SshArgs = { readonly options: readonly SshOption[]; readonly configFile: string | undefined };

const sshArgs: values.Reader<SshArgs> = (given) => {
  const line = values.line(given);
  if (line.kind === "fault") return line;
  const parsed = parsedArgs(line.value);
  return parsed.kind === "fault" ? parsed : { kind: "ok", value: parsed };
};

const flags: values.Reader<readonly string[]> = (given) => {
  const line = values.line(given);
  if (line.kind === "fault") return line;
  const split = shellWords(line.value, { comments: false });
  return split.kind === "fault" ? split : { kind: "ok", value: split.words.map((word) => word.text) };
};

/** Our transports start ssh themselves: another program would not be run. */
const executable: values.Reader<string> = ({ value, shown }) =>
  value === "ssh" || value === "/usr/bin/ssh"
    ? { kind: "ok", value }
    : {
        kind: "fault",
        because: `${shown} is not honoured as the program to connect with, and would change how the host is reached`,
      };
