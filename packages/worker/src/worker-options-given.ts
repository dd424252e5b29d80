/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface WorkerOptionsGiven {
  /**
   * Name of the grid; pools of different grids never meet.
   *
   * Default: `"default"`.
   */
  readonly grid?: string | undefined;
  /**
   * Name of the worker, by which callers address it as pool/name; further workers of one command get the suffixes -2,
   * -3, ...; default: a random name.
   *
   * Must be 1 to 40 letters, digits and _ . -, the first one a letter, a digit or _.
   */
  readonly name?: string | undefined;
  /**
   * Version of all functions that define none themselves, such as a commit; default: a hash of their modules on disk.
   *
   * Must be 1 to 64 letters, digits and . + _ -.
   */
  readonly codeVersion?: string | undefined;
  /**
   * How many functions run at a time in one worker; more than one helps functions that wait for I/O.
   *
   * A whole number, from 1 to 10_000. Default: 1.
   */
  readonly slots?: number | undefined;
  /**
   * Tags of this worker that functions may need, such as gpu.
   *
   * Each is 1 to 64 letters, digits and _ . : / -. Default: none.
   */
  readonly tags?: readonly string[] | undefined;
  /**
   * Speed of this worker, for functions that need a fast one and for plans of batches; 1 is usual.
   *
   * A number, from 0.001 to 1_000_000. Default: 1.
   */
  readonly score?: number | undefined;
  /**
   * Memory that functions may count on, in MB, and the limit of a worker process's heap; default: an equal share of
   * the container's or machine's for each worker process, at least 256.
   *
   * A whole number, from 1 to 1_000_000_000.
   */
  readonly memoryMb?: number | undefined;
  /**
   * A folder whose files requests may name; the flag may be repeated; default: the working folder, unless that is / or
   * the home folder, and files that the caller can read.
   */
  readonly dataFolder?: readonly string[] | undefined;
  /**
   * Time without a sign of life after which a worker counts as dead; until its first renewal it is 15 s longer.
   *
   * In ms, from 200 to 3_600_000 (1 h). Default: 10_000 (10 s).
   */
  readonly leaseMs?: number | undefined;
  /**
   * How long a draining worker waits for running functions.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 30_000 (30 s).
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * `auto` keeps small calls in the worker's memory; `eager` puts every call on its queue in Redis at once.
   *
   * Default: `"auto"`.
   */
  readonly sharing?: "auto" | "eager" | undefined;
  /**
   * How long to try to reach Redis at the start.
   *
   * In ms, from 1 to 3_600_000 (1 h). Default: 10_000 (10 s).
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * How often the worker checks its pending calls, in case a message was lost.
   *
   * In ms, from 10 to 3_600_000 (1 h). Default: 2_000 (2 s).
   */
  readonly checkEveryMs?: number | undefined;
  /**
   * Share of the kept results that another worker evaluates once more, one at a time; a function whose values differ
   * is reported, and its results are not kept.
   *
   * A number, from 0 to 1. Default: 0.
   */
  readonly verify?: number | undefined;
  /**
   * A request whose workers died this many times while running it fails with WORKER_LOST.
   *
   * A whole number, from 1 to 1_000. Default: 3.
   */
  readonly maxAttempts?: number | undefined;
  /**
   * How many claimed requests a worker holds before it takes no new ones from outside; its own calls always continue.
   *
   * A whole number, from 1 to 10_000_000. Default: 10_000.
   */
  readonly suspendedLimit?: number | undefined;
  /**
   * How many bytes of claimed requests a worker holds before it takes no new ones from outside.
   *
   * In bytes, from 1_024 (1 KiB) to 1_099_511_627_776 (1 TiB). Default: 268_435_456 (256 MiB).
   */
  readonly suspendedLimitBytes?: number | undefined;
  /**
   * How many results of small calls a worker remembers.
   *
   * A whole number, from 0 to 100_000_000. Default: 100_000.
   */
  readonly recentResultsLimit?: number | undefined;
  /**
   * How many bytes of results of small calls a worker remembers.
   *
   * In bytes, from 0 to 1_099_511_627_776 (1 TiB). Default: 67_108_864 (64 MiB).
   */
  readonly recentResultsLimitBytes?: number | undefined;
  /**
   * The largest request or result that may travel.
   *
   * In bytes, from 1_024 (1 KiB) to 536_870_912 (512 MiB). Default: 16_777_216 (16 MiB).
   */
  readonly payloadLimitBytes?: number | undefined;
}
