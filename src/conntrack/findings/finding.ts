import type { Finding } from "../../model/finding.ts";
import { catalogue, type FindingCode } from "./catalogue.ts";

/** A finding of the catalogue with what was seen on this host. */
export const finding = (code: FindingCode, evidence: string): Finding => ({ code, ...catalogue[code], evidence });
