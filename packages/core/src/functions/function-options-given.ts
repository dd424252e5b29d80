/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface FunctionOptionsGiven {
  /**
   * The version of the function; results of other versions are ignored; default: `--code-version` of the worker, else
   * a hash of the function's module and all that it imports.
   *
   * Must be 1 to 64 letters, digits and . + _ -.
   */
  readonly version?: string | undefined;
  /**
   * How long one evaluation may take, including the time that it waits for its calls; default: no limit.
   *
   * In ms, from 1 to 31_622_400_000 (366 d).
   */
  readonly timeoutMs?: number | undefined;
}

/** Generated from the table of these options. */
export interface CacheOptionsGiven {
  /**
   * How long a result is kept, up to a year.
   *
   * In ms, from 1 to 31_622_400_000 (366 d). Required.
   */
  readonly ttlMs: number;
}
