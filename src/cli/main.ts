#!/usr/bin/env node
import about from "../../package.json" with { type: "json" };

/** Expected failures are values: what is thrown up to here is a mistake in ctfleet. */
const endWithDefect = (error: unknown): never => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const detailed = process.argv.some((word) => word === "--verbose" || /^-v+$/.test(word));
  process.stderr.write(`ctfleet: a defect: ${message}\n${detailed ? `${stack ?? ""}\n` : ""}`);
  process.exit(1);
};
process.on("uncaughtException", endWithDefect);

// Nothing heavy is loaded before it is known what is asked for.
if (process.argv.length === 3 && ["--version", "-V"].includes(process.argv[2] ?? "")) {
  process.stdout.write(`${about.version}\n`);
} else {
  const { run } = await import("./run.ts");
  process.exitCode = await run(process.argv.slice(2), about.version).catch(endWithDefect);
}
