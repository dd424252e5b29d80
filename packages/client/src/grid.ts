/** What a caller sees of a grid. Clients of Redis and the embedded grid both look like this. */
import type { Checked, CheckedAll, Defined, Request, ValueOf, ValuesOf } from "@callgrid/core";
import type { PoolState } from "@callgrid/statekeeper";
import type { GridCache } from "./cache/grid-cache.ts";
import type { ExpectedCapacity, WorkForecast } from "./expected-work.ts";
import type { EnqueueOptions, StreamOptions, WindowOptions } from "./options/enqueue-options.ts";
import type { StreamItem } from "./streams/stream-item.ts";

/** An array of requests that may also be one that is made step by step. @public */
export type Requests<R> = Iterable<R> | AsyncIterable<R>;

/** The outcomes of a stream. Leaving the loop, or `return()`, withdraws what is open. @public */
export interface Outcomes<Value> extends AsyncIterator<StreamItem<Value>, undefined>, AsyncDisposable {
  [Symbol.asyncIterator](): Outcomes<Value>;
}

/**
 * A grid to enqueue requests to. Get one from {@link connect}, and close it when done.
 *
 * All methods take a pool id: `pool`, or for those that enqueue also `pool/worker`, which has that worker evaluate the
 * request, and fails with `WORKER_UNAVAILABLE` where it cannot. They fail with `INVALID_OPTION` for a malformed pool id or option, with `INVALID_REQUEST`,
 * `INVALID_VALUE` or `PAYLOAD_TOO_LARGE` for a request that cannot travel, before anything is sent; and with
 * `GRID_CLOSED` once the grid is closed.
 *
 * @public
 */
export interface Grid extends AsyncDisposable {
  /**
   * Asks for the value of one request, and resolves to it. Equal requests share one evaluation, and a known result needs
   * none. Callers need not retry: the client resubmits what is lost on the way.
   *
   * @throws RequestError when the request fails, with the tree of errors that led to it; among them `UNKNOWN_FUNCTION`,
   *   `POOL_FULL`, `CYCLIC_REQUEST`, `WORKER_LOST`, and `TIMEOUT` when `timeoutMs` is over.
   * @throws GridError `CANCELLED` when the signal is aborted.
   * @example
   * ```ts
   * const grid = await connect();
   * const sum = await grid.enqueue("pool", [add, 1, 2]); // typed by the reference: number
   * const same = await grid.enqueue("pool", ["add", 1, 2], { timeoutMs: 5_000 }); // by name: unknown
   * ```
   */
  enqueue<const R extends Request>(
    poolId: string,
    request: R & Checked<R>,
    options?: EnqueueOptions,
  ): Promise<ValueOf<R>>;

  /**
   * Asks for the values of many requests, and resolves to them in the order of the requests. At most `window` of them
   * are open at once, so a generator of a million requests is fine; what it yields is pulled as places become free, and for some
   * ms at a time. So the list, and what is in it, must not change before the values are there.
   *
   * @throws RequestError of the request that fails and is the first in order; the requests after it are withdrawn.
   * @example
   * ```ts
   * const [sum, text] = await grid.enqueueAll("pool", [[add, 1, 2], [describe, "x"]]);
   * ```
   */
  enqueueAll<const R extends readonly Request[]>(
    poolId: string,
    requests: R & CheckedAll<R>,
    options?: WindowOptions,
  ): Promise<ValuesOf<R>>;
  enqueueAll<R extends Request>(
    poolId: string,
    requests: Requests<R & Checked<R>>,
    options?: WindowOptions,
  ): Promise<Array<ValueOf<R>>>;

  /**
   * Asks for the outcomes of many requests, and yields each as it comes, with the index of its request. A request that
   * fails does not end the loop: its outcome has an `error`. At most `window` requests are open or finished and not yet
   * taken, so a slow loop slows the source down, and memory is bounded however long the list is. With `order: "requests"` outcomes come in
   * the order of the requests; a slow request then holds back those of one window behind it.
   *
   * @throws GridError `CANCELLED` and `GRID_CLOSED` out of the loop; also what the source itself throws.
   * @example
   * ```ts
   * for await (const { index, outcome } of grid.stream("pool", requests)) {
   *   if ("error" in outcome) console.error(index, outcome.error.message);
   *   else console.log(index, outcome.value);
   * }
   * ```
   */
  stream<R extends Request>(
    poolId: string,
    requests: Requests<R & Checked<R>>,
    options?: StreamOptions,
  ): Outcomes<ValueOf<R>>;

  /**
   * Forgets the kept result of a request, or all kept results of a function, given by name or by reference. What is
   * asked for next is evaluated again.
   *
   * @example
   * ```ts
   * await grid.forget("pool", ["price", "ACME"]);
   * await grid.forget("pool", "price");
   * ```
   */
  forget(poolId: string, what: Request | string | Defined): Promise<void>;

  /** The results that pools keep. */
  readonly cache: GridCache;

  /**
   * Announces requests that will come, so that the pool has the workers for them in time: hosts and autoscalers see them in
   * the pool's desired workers. Nothing is queued, and an announcement costs nothing if the requests do not come.
   *
   * @throws GridError `UNKNOWN_FUNCTION` for a function that the pool has never had; `POOL_FULL` if the pool has 1,000 announcements.
   * @example
   * ```ts
   * const closing = new Date("2027-01-04T18:00:00");
   * const { workers } = await grid.expectWork("pool", { requests: { price: 200_000 }, at: closing, withinMs: 600_000 });
   * ```
   */
  expectWork(poolId: string, forecast: WorkForecast): Promise<ExpectedCapacity>;

  /** The state of the pool: its members, queues, functions and counters. */
  status(poolId: string): Promise<PoolState>;

  /**
   * Ends everything that waits with `GRID_CLOSED`, withdraws it, and closes the connections that the grid opened
   * itself. Safe to call again. `await using grid = await connect()` does it at the end of the block.
   */
  close(): Promise<void>;
}
