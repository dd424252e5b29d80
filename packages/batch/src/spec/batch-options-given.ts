/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface BatchOptionsGiven {
  /**
   * What reports and messages call the batch.
   *
   * Must be 1 to 64 letters, digits and . : _ -. Default: `"batch"`.
   */
  readonly name?: string | undefined;
  /**
   * Least time (fast), least CPU time and workers (cheap), or within 10 % of fast at the lowest cost (good).
   *
   * Default: `"fast"`.
   */
  readonly objective?: "fast" | "cheap" | "good" | undefined;
  /**
   * Where to run; default: the planner chooses.
   */
  readonly mode?: "serial" | "local" | "distributed" | undefined;
  /**
   * How many slices (of files: bytes) make a chunk; default: the planner chooses.
   *
   * A whole number, from 1 to 2^53 - 1.
   */
  readonly chunkUnits?: number | undefined;
  /**
   * About how many slices there are, where the data itself does not say: for the plan, and for hosts to start workers.
   *
   * A whole number, from 1 to 2^53 - 1. Default: none.
   */
  readonly count?: number | undefined;
  /**
   * How many chunks are open at once; default: the planner chooses.
   *
   * A whole number, from 1 to 100_000.
   */
  readonly window?: number | undefined;
  /**
   * Wait for workers if the pool has none; default: only if a host of the pool will start some and the batch can run
   * nowhere else.
   */
  readonly wait?: boolean | undefined;
  /**
   * Take a known result or join a running evaluation (use, the default), evaluate again and keep the result (refresh),
   * or evaluate for this call alone and keep nothing (bypass).
   */
  readonly cache?: "use" | "refresh" | "bypass" | undefined;
  /**
   * Sixteen requests of a priority start for one of the next lower; callers of one priority get equal shares; default:
   * 0.
   *
   * A whole number, from -10 to 10.
   */
  readonly priority?: number | undefined;
  /**
   * How often a slice is retried if the error policy is retry, with growing pauses.
   *
   * A whole number, from 1 to 100. Default: 3.
   */
  readonly retries?: number | undefined;
  /**
   * The largest number of slices of data whose length is not known.
   *
   * A whole number, from 1 to 2^53 - 1. Default: 10_000_000.
   */
  readonly maxSlices?: number | undefined;
}
