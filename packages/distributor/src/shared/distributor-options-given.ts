/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface DistributorOptionsGiven {
  /**
   * The grid's name; grids of different names on one Redis never meet.
   *
   * Must be a name of up to 64 letters, digits and . _ -. Default: `"default"`.
   */
  readonly grid?: string | undefined;
  /**
   * The parent pool: this pool takes work from it when idle, and offers work to it when overloaded.
   *
   * Default: none.
   */
  readonly parent?: string | undefined;
  /**
   * The URL of the parent pool's Redis; default: this pool's.
   */
  readonly parentUrl?: string | undefined;
  /**
   * How often the head requeues what dead members held, gives queued work to idle ones, and bridges to the parent.
   *
   * In ms, from 1 to 60_000 (1 min). Default: 100.
   */
  readonly hoistEveryMs?: number | undefined;
  /**
   * The time since its claim after which an idle worker gets a copy of a request, at least three times the function's
   * usual time; the first outcome wins. 0: never.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 1_000 (1 s).
   */
  readonly copyAfterMs?: number | undefined;
  /**
   * Which idle worker is served first: the one with the highest score, the last one to evaluate the same function
   * (recent), or the one that has been idle longest; earlier entries count first.
   *
   * Each is score, recent or idle. Default: `["score","recent","idle"]`.
   */
  readonly prefer?: readonly string[] | undefined;
  /**
   * How often the head computes the number of desired workers, for hosts and autoscalers; with hosts in the pool at
   * least every 200 ms. 0: never.
   *
   * In ms, from 0 to 3_600_000 (1 h). Default: 1_000 (1 s).
   */
  readonly scaleEveryMs?: number | undefined;
  /**
   * The lower bound of the number of desired workers.
   *
   * A whole number, from 0 to 10_000. Default: 0.
   */
  readonly minWorkers?: number | undefined;
  /**
   * The upper bound of the number of desired workers.
   *
   * A whole number, from 1 to 10_000. Default: 10_000.
   */
  readonly maxWorkers?: number | undefined;
  /**
   * The time within which queued requests should start: the shorter, the more workers are desired.
   *
   * In ms, from 10 to 86_400_000 (1 d). Default: 10_000 (10 s).
   */
  readonly targetWaitMs?: number | undefined;
  /**
   * How long workers must be unneeded before the number of desired workers falls.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 60_000 (1 min).
   */
  readonly scaleDownAfterMs?: number | undefined;
  /**
   * How long before the start of announced work its workers are desired: the time that they take to start.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 60_000 (1 min).
   */
  readonly leadTimeMs?: number | undefined;
  /**
   * How long a silent head stays head; a standby takes over at most a third of that later.
   *
   * In ms, from 100 to 600_000 (10 min). Default: 3_000 (3 s).
   */
  readonly leaseMs?: number | undefined;
  /**
   * The number of deaths of its workers after which a request fails with WORKER_LOST.
   *
   * A whole number, from 1 to 100. Default: 3.
   */
  readonly maxAttempts?: number | undefined;
  /**
   * The largest number of requests that one sweep requeues and moves; the next sweep follows at once.
   *
   * A whole number, from 1 to 100_000. Default: 1_000.
   */
  readonly sweepLimit?: number | undefined;
  /**
   * How long to try to connect before giving up.
   *
   * In ms, from 1 to 600_000 (10 min). Default: 10_000 (10 s).
   */
  readonly connectTimeoutMs?: number | undefined;
}
