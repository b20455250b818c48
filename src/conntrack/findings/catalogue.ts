import type { Entry } from "./catalogue/entry.ts";
import { inForce } from "./catalogue/in-force.ts";
import { limits } from "./catalogue/limits.ts";
import { mistakes } from "./catalogue/mistakes.ts";
import { overruled } from "./catalogue/overruled.ts";
import { play } from "./catalogue/play.ts";
import { pressure } from "./catalogue/pressure.ts";
import { risks } from "./catalogue/risks.ts";

/** Every finding by its stable code; the first digit is its family. A code is never given another meaning. */
export const catalogue = {
  ...pressure,
  ...inForce,
  ...overruled,
  ...mistakes,
  ...risks,
  ...limits,
  ...play,
} as const satisfies Record<string, Entry>;

export type FindingCode = keyof typeof catalogue;
