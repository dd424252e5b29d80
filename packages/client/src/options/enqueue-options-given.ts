/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface EnqueueOptionsGiven {
  /**
   * How long to wait for an outcome; the request then fails with TIMEOUT and is withdrawn; default: no limit.
   *
   * In ms, from 1 to 31_622_400_000 (366 d).
   */
  readonly timeoutMs?: number | undefined;
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
}

/** Generated from the table of these options. */
export interface WindowOptionsGiven {
  /**
   * How long to wait for an outcome; the request then fails with TIMEOUT and is withdrawn; default: no limit.
   *
   * In ms, from 1 to 31_622_400_000 (366 d).
   */
  readonly timeoutMs?: number | undefined;
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
   * How many requests are open at once; default: the client's window.
   *
   * A whole number, from 1 to 1_000_000.
   */
  readonly window?: number | undefined;
}

/** Generated from the table of these options. */
export interface StreamOptionsGiven {
  /**
   * How long to wait for an outcome; the request then fails with TIMEOUT and is withdrawn; default: no limit.
   *
   * In ms, from 1 to 31_622_400_000 (366 d).
   */
  readonly timeoutMs?: number | undefined;
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
   * How many requests are open at once; default: the client's window.
   *
   * A whole number, from 1 to 1_000_000.
   */
  readonly window?: number | undefined;
  /**
   * Yield outcomes as they come (outcomes), or in the order of the requests (requests), where early ones wait within
   * the window.
   *
   * Default: `"outcomes"`.
   */
  readonly order?: "outcomes" | "requests" | undefined;
}
