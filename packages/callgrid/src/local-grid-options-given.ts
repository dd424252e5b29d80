/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface LocalGridOptionsGiven {
  /**
   * The pool that the workers work for.
   *
   * Must be a pool's id: a letter, a digit or _, then up to 127 letters, digits and . : _ -. Default: `"pool"`.
   */
  readonly pool?: string | undefined;
  /**
   * How many worker threads to run; default: one for each CPU that this process may use.
   *
   * A whole number, from 1 to 1_000.
   */
  readonly workers?: number | undefined;
  /**
   * How many functions run at a time in one worker; more than one helps functions that wait for I/O.
   *
   * A whole number, from 1 to 10_000. Default: 1.
   */
  readonly slots?: number | undefined;
  /**
   * `auto` keeps small calls in the worker's memory; `eager` puts every call on its queue in Redis at once.
   *
   * Default: `"auto"`.
   */
  readonly sharing?: "auto" | "eager" | undefined;
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
   * Folders whose files requests, and batches of this process, may name; default: all that it may read.
   *
   * Default: `["/"]`.
   */
  readonly dataFolder?: readonly string[] | undefined;
  /**
   * How long close() waits for running functions whose callers have left.
   *
   * In ms, from 0 to 86_400_000 (1 d). Default: 1_000 (1 s).
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * A request whose workers died this many times while running it fails with WORKER_LOST.
   *
   * A whole number, from 1 to 1_000. Default: 3.
   */
  readonly maxAttempts?: number | undefined;
  /**
   * The heap limit of a worker thread; a thread that reaches it is ended and replaced; default: Node's limit.
   *
   * In bytes, from 8_388_608 (8 MiB) to 1_099_511_627_776 (1 TiB).
   */
  readonly workerHeapBytes?: number | undefined;
}
