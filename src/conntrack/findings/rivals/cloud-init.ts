import type { ConfigLine, Facts } from "../../../model/facts.ts";
import { place } from "../../boot/tree.ts";
import { configLines } from "../../config.ts";
import { familyOf, maxKey } from "../../keys.ts";
import { finding } from "../finding.ts";
import type { Outlook } from "../wanted.ts";
import { against, nothing, type RivalValue, type Told } from "./rival.ts";

const isUserData = (file: string): boolean => /^\/etc\/cloud\/|^\/var\/lib\/cloud\//.test(file);

/** CT307: lines of user data that set values, in whatever form: a file's text, a command, a list of words. */
export const cloudInit = (outlook: Outlook): Told => {
  const values = configLines(outlook.after)
    .filter(({ file, text }) => isUserData(file) && !/^\s*#/.test(text))
    .flatMap((line) => valueIn(line, outlook.now));
  const found = against(outlook, values);
  if (found.length === 0) return nothing;
  // A value that the boot changes is told by what the files say; this tells where it comes from.
  return { findings: [finding("CT307", found.map(({ text }) => text).join("; "))], names: [] };
};

/** `echo 65536 > /sys/module/nf_conntrack/parameters/hashsize` */
const echoed = (text: string): string | undefined =>
  [...text.matchAll(/\b(\d+)\s*>+\s*([^\s>]+)/g)].find(([, , target = ""]) => /\/hashsize\b/.test(target))?.[1];

const valueIn = (line: ConfigLine, facts: Facts): readonly RivalValue[] => {
  const from = place(line);
  const buckets = /\bhashsize=(\d+)/.exec(line.text)?.[1] ?? echoed(line.text);
  if (buckets !== undefined) return [{ name: "hashsize", value: Number(buckets), from }];
  const [, name, value] = /\b((?:nf|ip)_conntrack_\w+)["']?(?:\s*[=:,]\s*|\s+)["']?(\d+)/.exec(line.text) ?? [];
  if (name === undefined || value === undefined) return [];
  const family = familyOf(facts);
  const key = name.endsWith("_conntrack_max") ? maxKey(family) : `net.netfilter.${name}`;
  return [{ name: key, value: Number(value), from }];
};
