import type { HostName } from "../model/brand.ts";
import { withoutValue } from "../source/visible.ts";
import { isIpv6 } from "./address.ts";

const longest = 253;
const plainName = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
/** Looser than a host's: Ansible takes anything, and executable inventories make names such as `tag_Name=web 1`. */
const groupName = /^[A-Za-z0-9_](?:[A-Za-z0-9_.+@= -]*[A-Za-z0-9_.+@=-])?$/;

/** What is wrong with a name or address of a host; undefined where it may stand in a terminal, a file name and a shell word. */
export const hostNameFault = (text: string): string | undefined => {
  if (text.length > longest)
    return `"${withoutValue(text)}" has ${text.length} characters; a host name has at most ${longest}`;
  if ((plainName.test(text) && !text.includes("..")) || isIpv6(text)) return undefined;
  return `"${withoutValue(text)}" is not a host name: letters, digits, ".", "-" and "_" are expected, beginning and ending with a letter, a digit or "_", or an IP address`;
};

/** Mints a host name; undefined for one that has a fault. */
export const hostName = (text: string): HostName | undefined =>
  hostNameFault(text) === undefined ? (text as HostName) : undefined;

export const groupNameFault = (text: string): string | undefined => {
  if (text.length > longest)
    return `"${withoutValue(text)}" has ${text.length} characters; a group name has at most ${longest}`;
  if (groupName.test(text)) return undefined;
  return `"${withoutValue(text)}" is not a group name: letters, digits, "_", "-" and "." are expected`;
};
