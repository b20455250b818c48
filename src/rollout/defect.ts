import type { Failure } from "../model/failure.ts";

/** An exception on one host, as its failure: the rest of the fleet goes on, and the report is whole. */
export const defect = (error: unknown, sent: boolean): Failure => ({
  code: "internal",
  detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  sent,
});
