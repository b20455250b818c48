import { hostname, userInfo } from "node:os";
import { homeFolder } from "../source/home.ts";
import type { Account } from "../ssh/routes.ts";

/** Who runs ctfleet, and the shell that runs this account's proxy commands. */
export const account = (): Account & { readonly shell: string } => {
  const { username, uid, shell } = userInfo();
  return {
    localUser: username,
    localUid: uid,
    home: homeFolder(),
    localHostname: hostname(),
    env: process.env,
    shell: process.env.SHELL || shell || "/bin/sh",
  };
};
