import { type Severity, severities } from "../model/finding.ts";

/** Is one severity as grave as another, or graver? */
export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(threshold);
