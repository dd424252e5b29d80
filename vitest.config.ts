import { defineConfig } from "vitest/config";

// A package under test is its own source; the packages it imports are their dist, as users get them.
// So build before testing: `npm run tests` does.
export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts", "bench/*.test.ts"],
    globalSetup: ["test/harness/bundle.ts", "test/harness/redis.ts"],
    pool: "forks",
    // most of the time is spent waiting for processes to start, so two files at a time pay even on two cores
    maxWorkers: 2,
    // for what hangs: how fast a machine is, is no matter of passing
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
