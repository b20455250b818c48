import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

// The host's scripts stand in .sh files; the bundle and the tests import them as text.
const shellText = {
  name: "shell-text",
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith(".sh") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined,
};

export default defineConfig({
  plugins: [shellText],
  test: {
    include: ["test/**/*.test.ts"],
    // Those boot a machine: vitest.vm.config.ts.
    exclude: ["test/vm/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A loaded machine takes its time; what never comes still fails.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    reporters: ["default", ["json", { outputFile: "test-output/results.json" }]],
  },
});
