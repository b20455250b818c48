import { readFileSync } from "node:fs";

// The test runner's own record, as one line for whoever reads the end of the log.
const record = JSON.parse(readFileSync(new URL("../test-output/results.json", import.meta.url), "utf8"));
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = record;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
