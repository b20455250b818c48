import { hostname, userInfo } from "node:os";
import { type Continued, type OpenJournal, openJournal } from "../history/journal.ts";
import type { RunRecord } from "../model/journal.ts";
import { describeProblem } from "../report/describe.ts";
import { say } from "./console.ts";
import { stateFolder } from "./state-folder.ts";

/** Who does it, for hosts and people: printable on one line. */
export const owner = (): string => `${userInfo().username}@${hostname()}`.replace(/[^\w.@-]/g, "_");

/**
 * The journal of a run that goes on, or a new one, whose record is on disk before anything is sent. Undefined where it cannot be
 * written, which was said.
 */
export const runJournal = async (
  record: RunRecord,
  continued: Continued | undefined,
): Promise<OpenJournal | undefined> => {
  if (continued !== undefined) {
    // Where this cannot be written, nothing else can: the walk says so.
    await continued.journal.write({ kind: "resumed" });
    return continued.journal;
  }
  const opened = await openJournal(stateFolder(), record, { user: userInfo().username, now: Date.now });
  if (opened.kind === "ok") return opened.value;
  for (const problem of opened.problems) say(describeProblem(problem));
  say("ctfleet: nothing was changed");
  return undefined;
};
