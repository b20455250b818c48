import type { SshOption } from "../../model/host.ts";

export type OpensshRequest = {
  /** `-F FILE`, or `none`; undefined: the usual files. */
  readonly configFile: string | undefined;
  readonly options: readonly SshOption[];
  readonly user: string | undefined;
  readonly port: number | undefined;
};

/** The arguments with which the OpenSSH program comes to what `resolveHost` does; what it is to do and the host follow them. */
export const opensshArguments = ({ configFile, options, user, port }: OpensshRequest): readonly string[] => [
  ...(configFile === undefined ? [] : ["-F", configFile]),
  // the first value wins: user and port stand before the options, as with Ansible
  ...(port === undefined ? [] : ["-p", String(port)]),
  ...(user === undefined ? [] : ["-l", user]),
  ...options.flatMap(({ keyword, value }) => ["-o", `${keyword}=${value}`]),
];
