export const severities = ["info", "warning", "error"] as const;
export type Severity = (typeof severities)[number];

/** Something that an audit reports. The code is stable; `evidence` is data from the host, shown escaped. */
export type Finding = {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: string;
  readonly remedy: string;
};
