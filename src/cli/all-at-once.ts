import type { Play } from "../model/play.ts";
import type { Problem } from "../model/problem.ts";
import { needsSerial } from "../plan/needs-serial.ts";
import type { FleetOptions } from "./options.ts";

/** Plays that may reload or reboot several hosts at once, and do not say that this is meant. */
export const allAtOnce = (
  plays: readonly { readonly play: Play; readonly hosts: number }[],
  options: Pick<FleetOptions, "allAtOnce">,
): readonly Problem[] => plays.flatMap(({ play, hosts }) => needsSerial(play, hosts, options.allAtOnce === true) ?? []);
