import type { Tree } from "./tree.ts";
import { visible } from "./visible.ts";

const core = "tag:yaml.org,2002:";
/** Tags before which a scalar is its own text, whatever it looks like. */
const texts = new Set(["!", `${core}str`, "!unsafe"]);
export const isTextTag = (tag: string): boolean => texts.has(tag);

export const isVaultTag = (tag: string | undefined): boolean => tag === "!vault" || tag === "!vault-encrypted";

const known = new Set([...texts, ...["int", "float", "bool", "null", "map", "seq"].map((name) => core + name)]);

export const isKnownTag = ({ tag, kind }: Tree): boolean =>
  tag === undefined || known.has(tag) || (isVaultTag(tag) && kind === "scalar");

export const tagMessage = (tag: string): string => {
  if (isVaultTag(tag)) return `${tag} stands before text that ansible-vault encrypted, not before a map or a list`;
  const name = tag.startsWith(core) ? tag.slice(core.length) : "";
  // any other may be a password without its quotes
  if (!/^(?:binary|omap|pairs|set|timestamp|python\/.*)$/.test(name))
    return "this tag is not known; text that begins with ! needs quotes";
  return `the tag !!${visible(name)} is not known`;
};
