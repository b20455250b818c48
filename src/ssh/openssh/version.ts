import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Environment } from "./environment.ts";

const execute = promisify(execFile);

/** As `ssh -V` tells it: `[9, 2]`. */
export type SshVersion = readonly [major: number, minor: number];

/** The first with `StrictHostKeyChecking=accept-new`. Source: release notes of 7.6. */
const oldest: SshVersion = [7, 6];

/** The first that puts `(user@host)` before a host's own questions, so that none looks like one of ssh's. Release notes of 8.4. */
export const marksQuestions: SshVersion = [8, 4];

/** The version in what `ssh -V` says; undefined for a program that is not OpenSSH's. */
export const parseVersion = (said: string): SshVersion | undefined => {
  const found = /^OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/m.exec(said);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
};

export const isAtLeast = ([major, minor]: SshVersion, [wantedMajor, wantedMinor]: SshVersion): boolean =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);

/** The version of the program on the PATH, or why it cannot be used. */
export const askVersion = async (environment: Environment): Promise<SshVersion | string> => {
  try {
    const { stderr } = await execute("ssh", ["-V"], { env: environment, timeout: 10_000 });
    const version = parseVersion(stderr);
    if (version && isAtLeast(version, oldest)) return version;
    return `OpenSSH ${oldest.join(".")} or later is needed, and ssh -V says: ${stderr.trim().slice(0, 200)}`;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return missing
      ? "there is no ssh program on the PATH (Debian: apt-get install openssh-client)"
      : "the ssh program on the PATH does not answer ssh -V";
  }
};
