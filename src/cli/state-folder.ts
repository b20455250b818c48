import { isAbsolute, join } from "node:path";
import { homeFolder } from "../source/home.ts";

/** Where ctfleet keeps what it must remember between runs: XDG's state folder, of the account and not of $HOME. */
export const stateFolder = (): string => {
  const { XDG_STATE_HOME } = process.env;
  // The specification: a path that is not absolute is to be ignored.
  const base = XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(homeFolder(), ".local/state");
  return join(base, "ctfleet");
};
