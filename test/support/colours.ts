import type { Colours } from "../../src/report/text.ts";

const same = (text: string): string => text;

/** No colours. */
export const plain: Colours = { good: same, changed: same, warning: same, bad: same, faint: same, bold: same };
