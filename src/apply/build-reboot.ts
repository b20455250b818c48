import type { BootId, RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import { assertRun } from "./assert-request.ts";
import framePart from "./frame.sh";
import leavePart from "./leave.sh";
import lockPart from "./lock.sh";
import rebootPart from "./reboot.sh";

type RebootRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  readonly run: RunId;
  /** As in `buildApply`. */
  readonly root: string;
  /** The boot that the reboot is to end: in any other one the host refuses. */
  readonly from: BootId;
};

/**
 * One POSIX script for `/bin/sh -s` that looks once more at what stands against a reboot, and where nothing does, flushes,
 * records it and has it come about a second later: the exec ends first, with status 0 and whole output, which
 * `parseReboot` reads. A second one in the same run is refused by the host itself. Throws on a bad nonce, run or boot.
 */
export const buildReboot = ({ nonce, run, root, from }: RebootRequest): string => {
  assertRun({ nonce, run, root });
  if (!/^[0-9a-f-]{36}$/.test(from)) throw new Error(`not a boot's id: ${from}`);
  return [
    `nonce=${quote(nonce)} run=${quote(run)} root=${quote(root)}`,
    framePart,
    leavePart,
    lockPart,
    rebootPart,
    `{ ${sh(["reboot_host", from])} </dev/null; frame end ''; exit 0; }\n`,
  ].join("\n");
};
