import { defineConfig } from "vitest/config";
import { propertyFactor } from "./test/harness/chance.ts";

// For what hangs: how fast a machine is, is no matter of passing.
const patience = { testTimeout: 120_000 * propertyFactor, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };
const setupFiles = ["test/harness/properties.ts"];
// Compiled files go to Node as they are.
const server = { deps: { external: [/\/packages\/\w+\/(dist|bundle)\//, /\/node_modules\//] } };

// A package under test is its own source; the packages it imports are their dist, as users get them.
// So build before testing: `npm run tests` does.
export default defineConfig({
  test: {
    globalSetup: ["test/harness/bundle.ts", "test/harness/redis.ts"],
    pool: "forks",
    // most of the time is spent waiting for processes to start, so two files at a time pay even on two cores
    maxWorkers: 2,
    projects: [
      {
        test: {
          // projects run in the order of their names: these take longest
          name: "across",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts", "bench/**/*.test.ts"],
          pool: "forks",
          setupFiles,
          server,
          ...patience,
        },
      },
      {
        test: {
          name: "units",
          include: ["packages/*/src/**/*.test.ts"],
          pool: "forks",
          // the files of a worker share their modules, since loading them takes longer than most of these files do
          isolate: false,
          setupFiles,
          server,
          ...patience,
        },
      },
    ],
  },
});
