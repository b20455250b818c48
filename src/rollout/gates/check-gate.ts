import type { Gate } from "../../model/play.ts";
import type { Walk } from "../survey.ts";

/** What one look at a gate says. Who cannot be asked, or gives no clear answer, is closed. */
export type Look = { readonly kind: "open" } | { readonly kind: "closed"; readonly because: string };

type Watching = Pick<Walk, "stop" | "onProgress"> & { readonly effects: Pick<Walk["effects"], "clock"> };

export const open: Look = { kind: "open" };
export const closed = (because: string): Look => ({ kind: "closed", because });

/**
 * Looks at a gate until it is open, its time is over, or a stop is asked for; the last look is at the end of the time. `because`
 * is what the last look said.
 */
export const checkGate = async (
  { name, within, every }: Pick<Gate, "name" | "within" | "every">,
  look: () => Promise<Look>,
  { effects: { clock }, stop, onProgress }: Watching,
): Promise<Look> => {
  const until = clock.now() + within;
  for (;;) {
    if (stop.aborted) return closed("a stop was asked for");
    const seen = await look();
    const left = Math.max(0, until - clock.now());
    onProgress({ kind: "gate", gate: name, closed: seen.kind === "closed" ? seen.because : undefined, left });
    if (seen.kind === "open" || left === 0) return seen;
    await clock.sleep(Math.min(every, left), stop);
  }
};
