import { defineConfig } from "vitest/config";

// scripts/test-integrations runs these: they need packages from the registry, and a build of each example
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.check.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
