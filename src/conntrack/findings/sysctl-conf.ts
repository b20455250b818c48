import { valueOf } from "../../model/reading.ts";
import { configLines, sysctlSettings } from "../config.ts";
import type { Prediction } from "../predict.ts";
import { finding } from "./finding.ts";
import { nothing, type Told } from "./rivals/rival.ts";
import { isSame, numberOf } from "./settings-of.ts";
import { meant, type Outlook, tell, valuesOf } from "./wanted.ts";

const file = "/etc/sysctl.conf";

/** CT308: it says otherwise than the boot, where systemd does not read it or reads another file after it. */
export const sysctlConf = (outlook: Outlook, prediction: Prediction, told: ReadonlySet<string>): Told => {
  const late = prediction.loaded.when !== "before_sysctl" && prediction.loaded.when !== "built_in";
  if (valueOf(outlook.now.init) !== "systemd" || late) return nothing;
  const own = sysctlSettings(configLines(outlook.after).filter((line) => line.file === file));
  const found = valuesOf(outlook, prediction).flatMap((value) => {
    const { name, will } = value;
    const last = own.filter(({ key }) => isSame(key, name)).at(-1);
    const says = last === undefined ? undefined : numberOf(last);
    if (last === undefined || says === undefined || told.has(name)) return [];
    if (will.value === undefined || says === will.value) return [];
    const text = `${file}:${last.line} ${last.key} = ${says}, after the next boot ${will.value}`;
    return [{ name, text, because: will.because, lost: says === meant(value) }];
  });
  if (found.length === 0) return nothing;
  // Where the boot gives what is meant, the file is still told; where it does not, this tells why.
  return { findings: [finding("CT308", tell(found))], names: found.filter(({ lost }) => lost).map(({ name }) => name) };
};
