import { type FailureCode, failedCodes, unreachableCodes } from "../../model/failure.ts";
import { failureSentences } from "../failure-sentences.ts";
import { code, page, table } from "./markdown.ts";

/** docs/reference/failures.md: every way in which a host can fail, by the code that stands in JSON. */
export const failuresPage = (): string =>
  page("Failures", [
    "Why a host did not end well. The code stands in `--output json` as `failure.code` and keeps its meaning; the list is closed. `failure.message` has the details, in the host's or a library's own words. Text reports say what happened, the details (escaped) and what to do next.",
    "## Unreachable",
    "Nothing ran on the host. Exit code 4, where more hosts than `--max-unreachable` end so.",
    tableOf(unreachableCodes),
    "## Failed",
    "The host was reached, or the play cannot be planned for it. Exit code 3. Where contact was lost after something was sent, and a new reading could not settle what was done, the outcome is `unknown` instead, with the same codes. Where the host has its old state again, it is `reverted`, with the code of what was wrong.",
    tableOf(failedCodes),
  ]);

const tableOf = (codes: readonly FailureCode[]): string =>
  table(
    ["code", "what happened", "what to do next"],
    codes.map((one) => [code(one), failureSentences[one].what, failureSentences[one].next ?? ""]),
  );
