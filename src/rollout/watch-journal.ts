import type { Failure } from "../model/failure.ts";
import type { Journal } from "../model/journal.ts";

/** A journal of which one can ask whether it can still be written. After the first failure nothing more is tried. */
export type WatchedJournal = Journal & { readonly broken: () => Failure | undefined };

export const watchJournal = (journal: Journal): WatchedJournal => {
  let broken: Failure | undefined;
  return {
    write: async (entry) => {
      if (broken === undefined) {
        const failure = await journal.write(entry);
        broken ??= failure;
      }
      return broken;
    },
    broken: () => broken,
  };
};
