import { visible } from "../../source/visible.ts";
import { type Chosen, placeOf } from "./choose.ts";
import type { Setting } from "./statement.ts";

/** The settings that only the OpenSSH program honours, each with its place. */
export const handedOver = ({ first }: Chosen): readonly string[] => {
  const reasons: string[] = [];
  for (const setting of first.values()) if (needsProgram(setting, first)) reasons.push(reasonOf(setting));
  return reasons;
};

const needsProgram = (setting: Setting, first: Chosen["first"]): boolean => {
  const { keyword, system } = setting;
  if (keyword.use !== "handed" || keyword.unless.includes(valueOf(setting).toLowerCase())) return false;
  // distributions ship it switched on for everybody: it says nothing of this host
  if (keyword.name === "gssapiauthentication") return !system;
  return keyword.name !== "proxyusefdpass" || first.has("proxycommand");
};

const valueOf = ({ words }: Setting): string => words[0] ?? "";

const reasonOf = (setting: Setting): string => {
  const { keyword, written, at } = setting;
  const value = keyword.unless.includes("no") ? ` ${visible(valueOf(setting))}` : "";
  return `${visible(written)}${value} ${placeOf(at)}`;
};
