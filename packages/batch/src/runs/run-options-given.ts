/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface RunOptionsGiven {
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
   * How many slices (of files: bytes) make a chunk; default: the planner chooses.
   *
   * A whole number, from 1 to 2^53 - 1.
   */
  readonly chunkUnits?: number | undefined;
  /**
   * How many chunks are open at once; default: the planner chooses.
   *
   * A whole number, from 1 to 100_000.
   */
  readonly window?: number | undefined;
  /**
   * Take a known result or join a running evaluation (use, the default), evaluate again and keep the result (refresh),
   * or evaluate for this call alone and keep nothing (bypass).
   */
  readonly cache?: "use" | "refresh" | "bypass" | undefined;
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
  /**
   * How to write texts in CSV that a spreadsheet would evaluate (= + - @, tab or a line end first): a ' before them,
   * or nothing.
   *
   * Default: `"escape"`.
   */
  readonly formulas?: "escape" | "keep" | undefined;
  /**
   * Where the runner writes values as CSV, an absolute path; gzipped if .gz.
   *
   * Default: none.
   */
  readonly csv?: string | undefined;
  /**
   * Where the runner writes values as JSON, one a line, an absolute path; gzipped if .gz.
   *
   * Default: none.
   */
  readonly ndjson?: string | undefined;
  /**
   * Where the runner writes failed slices with their error trees, an absolute path.
   *
   * Default: none.
   */
  readonly failed?: string | undefined;
  /**
   * How long to wait before it begins.
   *
   * In ms, from 0 to 31_622_400_000 (366 d). Default: 0.
   */
  readonly delayMs?: number | undefined;
  /**
   * When to begin, again and again: a cron pattern of five fields, or of six with seconds first.
   *
   * Default: none.
   */
  readonly cron?: string | undefined;
  /**
   * The IANA time zone of the cron pattern; default: UTC.
   */
  readonly tz?: string | undefined;
  /**
   * With cron: whether to take the place of a schedule of the same name, which is refused otherwise.
   *
   * Default: `false`.
   */
  readonly replace?: boolean | undefined;
  /**
   * How often it is tried in all when it fails.
   *
   * A whole number, from 1 to 1_000. Default: 1.
   */
  readonly attempts?: number | undefined;
  /**
   * How long to wait before the second attempt; twice as long before each further one.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 1_000 (1 s).
   */
  readonly backoffMs?: number | undefined;
}
