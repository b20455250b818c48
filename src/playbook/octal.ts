import { below, report, type Spot } from "./spot.ts";

/** Reports each number below the spot that is written like `022`: YAML 1.1 reads it as octal, which nobody means here. */
export const reportOctal = (spot: Spot, value: unknown): void => {
  if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) reportOctal(below(spot, key), inner);
  const written = typeof value === "number" ? spot.document.written(spot.path) : undefined;
  if (written !== undefined && /^[-+]?0[0-7_]+$/.test(written))
    report(spot, `${written} is octal in YAML 1.1 and means ${String(value)}: write the number without a 0 in front`);
};
