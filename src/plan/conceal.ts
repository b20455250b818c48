import { isNonEmpty } from "../model/brand.ts";
import type { Finding } from "../model/finding.ts";
import { hide } from "../model/hide.ts";
import type { Secret } from "../model/host.ts";
import type { HostPlan } from "../model/plan.ts";

/** The same plan with no secret in anything that it says. Its actions keep their texts: those go to the host. */
export const conceal = (plan: HostPlan, secrets: readonly Secret[]): HostPlan => {
  if (secrets.length === 0) return plan;
  const hidden = (words: string): string => hide(words, secrets);
  const findings = plan.findings.map((one): Finding => ({ ...one, evidence: hidden(one.evidence) }));
  switch (plan.kind) {
    case "planned":
      return {
        ...plan,
        findings,
        needs: plan.needs.map(hidden),
        unproven: plan.unproven.map(hidden),
        unheld: plan.unheld.map(hidden),
      };
    case "refused": {
      const failures = plan.failures.map((one) => ({ ...one, detail: hidden(one.detail) }));
      return isNonEmpty(failures) ? { ...plan, findings, failures } : plan;
    }
    case "skipped":
      return { ...plan, findings, because: hidden(plan.because) };
  }
};
