import { configDefaults, defineConfig } from "vitest/config";
import { propertyFactor } from "./test/harness/chance.ts";

// For what hangs: how fast a machine is, is no matter of passing.
const patience = { testTimeout: 120_000 * propertyFactor, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };
// These start few processes, or none. Pages are programs in programs.test.ts.
const small = [
  "packages/*/src/**/*.test.ts",
  "bench/**/*.test.ts",
  "test/structure/*.test.ts",
  "test/docs/!(programs).test.ts",
];
// Plans and predictions come from measured times: other files beside these would show in them.
const timed = ["test/batch/batch-on-redis.test.ts", "test/batch/prediction.test.ts"];
// Each has a process of its own, since it measures that process, listens to all of it, changes what all of it shares, or breaks
// what its clients need.
const alone = [
  "test/end-to-end/tracing.test.ts",
  "test/faults/*.test.ts",
  "test/simulation/*.test.ts",
  "test/worker/missing-parser.test.ts",
];
const setupFiles = ["test/harness/properties.ts"];
// Compiled files go to Node as they are.
const server = { deps: { external: [/\/packages\/\w+\/(dist|bundle)\//, /\/node_modules\//] } };

// A package under test is its own source; the packages it imports are their dist, as users get them.
// So build before testing: `npm run tests` does.
export default defineConfig({
  test: {
    globalSetup: ["test/harness/bundle.ts", "test/harness/redis.ts"],
    pool: "forks",
    // Many files mostly wait, for processes that start and for leases: with two at a time, two cores would often be idle.
    maxWorkers: 5,
    projects: [
      {
        test: {
          // projects run in the order of their names: these take longest
          name: "across",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...small, ...timed, ...alone],
          pool: "forks",
          // a process takes more than a second to load vitest, the harness and the packages
          isolate: false,
          setupFiles: [...setupFiles, "test/harness/shared-process.ts"],
          server,
          ...patience,
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          pool: "forks",
          setupFiles,
          server,
          ...patience,
        },
      },
      {
        test: {
          // one file after the other, when the rest is through
          name: "timed",
          include: timed,
          pool: "forks",
          maxWorkers: 1,
          setupFiles,
          server,
          ...patience,
        },
      },
      {
        test: {
          name: "units",
          include: small,
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
