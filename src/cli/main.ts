#!/usr/bin/env node
import about from "../../package.json" with { type: "json" };

// Nothing heavy is loaded before it is known what is asked for.
if (process.argv.length === 3 && ["--version", "-V"].includes(process.argv[2] ?? "")) {
  process.stdout.write(`${about.version}\n`);
} else {
  const { run } = await import("./run.ts");
  process.exitCode = await run(process.argv.slice(2), about.version);
}
