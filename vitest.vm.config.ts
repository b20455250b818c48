import { defineConfig } from "vitest/config";
import plain from "./vitest.config.ts";

/** The proof on a real kernel: `npm run test:vm`. Two machines at once, for two cores. */
export default defineConfig({
  plugins: plain.plugins ?? [],
  test: {
    include: ["test/vm/**/*.vm.ts"],
    globalSetup: ["test/support/vm-ready.ts"],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    maxWorkers: 2,
    reporters: ["default", ["json", { outputFile: "test-output/vm-results.json" }]],
  },
});
