import { readFileSync } from "node:fs";

// The test runner's own records, as one line for whoever reads the end of the log.
let bad = false;
for (const name of ["results", "vm-results"]) {
  const record = JSON.parse(readFileSync(new URL(`../test-output/${name}.json`, import.meta.url), "utf8"));
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = record;
  console.log(`${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  bad ||= failed > 0 || passed === 0;
}
process.exitCode = bad ? 1 : 0;
