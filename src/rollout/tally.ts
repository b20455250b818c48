import { decide, type Standing } from "./budget.ts";
import { type Batch, type Course, whyOver } from "./course.ts";
import { hasFailed, type Member, memberOf } from "./fleet.ts";

/** How a batch stands; `failed` goes on counting while its hosts are run. */
export type Tally = { readonly unseen: number; failed: number };

/** Counts what had failed before the batch: hosts that could not be gathered, and those of a run that goes on. */
export const tallyOf = ({ play, playNumber, hosts }: Batch, { fleet }: Course): Tally => {
  const tally = { unseen: 0, failed: 0 };
  for (const name of hosts) {
    const member = memberOf(fleet, name);
    if (member.kind === "open") {
      const { survey, ended } = member.state;
      if (survey.kind === "failed" && ended !== undefined && member.target.plays[0] === play) tally.unseen += 1;
    } else if (member.play === playNumber && hasFailed(member.report))
      tally[wasSent(member) ? "failed" : "unseen"] += 1;
  }
  return tally;
};

const wasSent = ({ report: { outcome } }: Extract<Member, { kind: "ended" }>): boolean =>
  "failure" in outcome && outcome.kind !== "unreachable" && (outcome.failure.sent || outcome.actions.length > 0);

/** Why nothing more may start, in the batch or after it; undefined: something may. */
export const whyStop = (at: Standing["at"], batch: Batch, tally: Tally, course: Course): string | undefined => {
  const { number, of, hosts } = batch;
  const run = { hosts: course.fleet.size, failed: course.failed };
  const verdict = decide(batch.play.play, { at, batch: { number, of, hosts: hosts.length, ...tally }, run });
  return whyOver(course) ?? (verdict.kind === "stop" ? verdict.because : undefined);
};
