import type { Action } from "../model/action.ts";

/** Can it cut the host off, or take more from it than a file's bytes? Then it waits for a confirmation. */
export const isRisky = ({ kind }: Action): boolean => kind !== "write" && kind !== "remove" && kind !== "end_trial";
