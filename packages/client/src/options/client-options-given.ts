/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface ClientOptionsGiven {
  /**
   * The grid's name; grids of different names on one Redis never meet.
   *
   * Must be a name of up to 64 letters, digits and . _ -. Default: `"default"`.
   */
  readonly grid?: string | undefined;
  /**
   * How long to try to connect before giving up.
   *
   * In ms, from 1 to 3_600_000 (1 h). Default: 10_000 (10 s).
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * How long a silent client still counts as waiting; at least three times checkEveryMs.
   *
   * In ms, from 100 to 86_400_000 (1 d). Default: 30_000 (30 s).
   */
  readonly leaseMs?: number | undefined;
  /**
   * How often the client checks its pending requests, in case a message was lost.
   *
   * In ms, from 10 to 3_600_000 (1 h). Default: 2_000 (2 s).
   */
  readonly checkEveryMs?: number | undefined;
  /**
   * The largest request that is accepted, as encoded text.
   *
   * In bytes, from 1 to 536_870_912 (512 MiB). Default: 16_777_216 (16 MiB).
   */
  readonly payloadLimitBytes?: number | undefined;
  /**
   * The number of waiting requests in a pool at which new ones fail with POOL_FULL; 0: no limit.
   *
   * A whole number, from 0 to 1_000_000_000. Default: 1_000_000.
   */
  readonly queueLimit?: number | undefined;
  /**
   * How many requests of one enqueueAll or stream are open at once.
   *
   * A whole number, from 1 to 1_000_000. Default: 4_000.
   */
  readonly window?: number | undefined;
  /**
   * After how long to warn that a pool has no workers.
   *
   * In ms, from 1 to 86_400_000 (1 d). Default: 5_000 (5 s).
   */
  readonly noWorkersWarningMs?: number | undefined;
}
