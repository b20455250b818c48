import { didYouMean } from "../../expr/nearest.ts";
import { printable } from "../../report/escape.ts";
import {
  findCode,
  findingCodes,
  jsonCodes,
  jsonExplanation,
  normalCode,
  textCodes,
  textExplanation,
} from "../../report/explain.ts";
import { coloursFor, print, say, tolerateClosedPipes } from "../console.ts";
import type { FleetOptions } from "../options.ts";

/** `explain [CODE]`: what a finding means and what to do; without a code all of them, a line each. */
export const explain = ({ output }: Pick<FleetOptions, "output">, word?: string): Promise<number> => {
  tolerateClosedPipes();
  return Promise.resolve(tell(output, word));
};

const tell = (output: FleetOptions["output"], word: string | undefined): number => {
  const colours = coloursFor(process.stdout);
  if (word === undefined) {
    print(output === "json" ? jsonCodes() : textCodes(colours));
    return 0;
  }
  const code = findCode(word);
  if (code === undefined) {
    say(`ctfleet: ${printable(word, 64)} is no finding${didYouMean(normalCode(word), findingCodes)}`);
    say("(ctfleet explain lists all of them)");
    return 1;
  }
  print(output === "json" ? jsonExplanation(code) : textExplanation(code, colours));
  return 0;
};
