import { append } from "../../model/append.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { configLines, sysctlSetting } from "../config.ts";
import { type Prediction, predictRestart } from "../predict.ts";
import { asMeant } from "./as-meant.ts";
import type { FindingCode } from "./catalogue.ts";
import { finding } from "./finding.ts";
import { reloadList } from "./reload-list.ts";
import { asked, meant, type Outlook, tell, type Value, valuesOf } from "./wanted.ts";

/** What a restart of the firewall changes that the boot leaves right, or that a file or the play asks for. */
export const restartFindings = (outlook: Outlook, boot: Prediction, told: ReadonlySet<string>): readonly Finding[] => {
  const booted = valuesOf(outlook, boot);
  const atBoot = new Map(booted.map(({ name, will }) => [name, will.value]));
  const restart = predictRestart(asMeant(outlook.after, booted));
  if (restart === undefined) return [];
  const found = new Map<FindingCode, { text: string; because: string }[]>();
  for (const value of valuesOf(outlook, restart)) {
    const { name, will } = value;
    const right = asked(value) ?? meant(value);
    if (told.has(name) || right === undefined || will.value === undefined || right === will.value) continue;
    const code = codeOf(value, outlook, atBoot.get(name) === right);
    const text = `${name} ${right}, after a restart of the firewall ${will.value}`;
    if (code !== undefined) append(found, code, { text, because: will.because });
  }
  return [...found].map(([code, values]) => finding(code, tell(values)));
};

const codeOf = (value: Value, outlook: Outlook, rightAtBoot: boolean): FindingCode | undefined => {
  const service = valueOf(outlook.now.firewall.service);
  const isAsked = asked(value) !== undefined;
  if (service === "firewalld" && (isAsked || rightAtBoot)) return "CT305";
  if (service === "iptables-services" && isAsked && value.name !== "hashsize") {
    const lines = configLines(outlook.after);
    const list = reloadList(outlook.after);
    if (!list.some((word) => value.name.includes(word))) return "CT203";
    // The list would find it, were it written with dots: CT409 tells.
    const isSlashed = lines.some(
      (line) => sysctlSetting(line)?.key === value.name && !list.some((word) => line.text.includes(word)),
    );
    if (isSlashed) return undefined;
  }
  return rightAtBoot ? "CT208" : undefined;
};
