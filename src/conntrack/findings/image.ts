import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { place } from "../boot/tree.ts";
import { finding } from "./finding.ts";
import { moduleOptions } from "./module-options.ts";

/** CT209: the boot image loads conntrack, and a file with its hash size has changed since the image was built. */
export const staleImage = ({ bootImage }: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  const [loads] = bootImage.loads;
  const newer = valueOf(bootImage.newer) ?? [];
  const changed = moduleOptions(lines).filter(({ file }) => newer.includes(file));
  if (loads === undefined || changed.length === 0) return [];
  const image = valueOf(bootImage.path) ?? "the initramfs";
  const told = changed.map((one) => `${place(one)} hashsize=${one.value}`).join(", ");
  return [finding("CT209", `${told}: newer than ${image}, which is told to load it by ${place(loads)}`)];
};
